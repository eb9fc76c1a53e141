using TagSegments.Segments.Evaluation.Answers;

namespace TagSegments.Segments.Evaluation.Plans;

/// <summary>The contacts whose time or number is in a span.</summary>
internal sealed class SpanNode(OrderedColumn values, long from, long until) : PlanNode
{
    // After every set of contacts: only the values of those still in are read.
    public override long Estimate => int.MaxValue / 2;

    public override bool IsEmpty(int chunk) => values.IsEmpty(chunk, from, until);

    public override void CopyTo(int chunk, Span<ulong> words) => values.CopyTo(chunk, from, until, words);

    public override void AndInto(int chunk, Span<ulong> words) => values.AndInto(chunk, from, until, words);
}
