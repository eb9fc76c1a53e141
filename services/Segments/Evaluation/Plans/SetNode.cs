using TagSegments.Bitmaps;

namespace TagSegments.Segments.Evaluation.Plans;

/// <summary>The contacts of a set.</summary>
internal sealed class SetNode(Bitmap contacts) : PlanNode
{
    public override long Estimate => contacts.Count;

    public override bool IsEmpty(int chunk) => contacts[chunk].Count == 0;

    public override void CopyTo(int chunk, Span<ulong> words) => contacts[chunk].CopyTo(words);

    public override int Count(int chunk, Span<ulong> words) => contacts[chunk].Count;

    public override int CountIn(int chunk, Span<ulong> words) => contacts[chunk].CountIn(words);

    public override void AndInto(int chunk, Span<ulong> words) => contacts[chunk].AndInto(words);

    public override void AndNotInto(int chunk, Span<ulong> words) => contacts[chunk].AndNotInto(words);

    public override void OrInto(int chunk, Span<ulong> words) => contacts[chunk].OrInto(words);
}
