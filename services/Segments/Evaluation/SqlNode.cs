using Crm.Segments.V1;
using TagSegments.Bitmaps;

namespace TagSegments.Segments.Evaluation;

/// <summary>The contacts that PostgreSQL finds for a part of the filter; the part is answered before the plan runs.</summary>
internal sealed class SqlNode(Filter filter) : PlanNode
{
    private Bitmap? _contacts;

    /// <summary>The part of the filter.</summary>
    public Filter Filter => filter;

    /// <summary>The answer.</summary>
    public Bitmap Contacts
    {
        get => _contacts ?? throw new InvalidOperationException("The plan runs before PostgreSQL has answered its part.");
        set => _contacts = value;
    }

    /// <summary>Whether there is an answer yet.</summary>
    public bool IsAnswered => _contacts is not null;

    public override long Estimate => Contacts.Count;

    public override bool IsEmpty(int chunk) => Contacts[chunk].Count == 0;

    public override void CopyTo(int chunk, Span<ulong> words) => Contacts[chunk].CopyTo(words);

    public override void AndInto(int chunk, Span<ulong> words) => Contacts[chunk].AndInto(words);

    public override void AndNotInto(int chunk, Span<ulong> words) => Contacts[chunk].AndNotInto(words);

    public override void OrInto(int chunk, Span<ulong> words) => Contacts[chunk].OrInto(words);
}
