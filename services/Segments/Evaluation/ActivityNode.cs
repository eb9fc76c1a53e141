using TagSegments.Segments.Index;

namespace TagSegments.Segments.Evaluation;

/// <summary>The contacts for whom something was recorded since an instant.</summary>
internal sealed class ActivityNode(ActivityColumn column, long since) : PlanNode
{
    // Behind every set of contacts: only those still in are looked at.
    public override long Estimate => int.MaxValue / 2;

    public override bool IsEmpty(int chunk) => column.IsEmpty(chunk, since);

    public override void CopyTo(int chunk, Span<ulong> words) => column.CopyTo(chunk, since, words);

    public override void AndInto(int chunk, Span<ulong> words) => column.AndInto(chunk, since, words);
}
