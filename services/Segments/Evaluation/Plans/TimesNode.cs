using TagSegments.Segments.Evaluation.Answers;

namespace TagSegments.Segments.Evaluation.Plans;

/// <summary>The contacts whose time is in a span.</summary>
internal sealed class TimesNode(ContactTimes times, long from, long until) : PlanNode
{
    // After every set of contacts: only the times of those still in are read.
    public override long Estimate => int.MaxValue / 2;

    public override bool IsEmpty(int chunk) => times.IsEmpty(chunk, from, until);

    public override void CopyTo(int chunk, Span<ulong> words) => times.CopyTo(chunk, from, until, words);

    public override void AndInto(int chunk, Span<ulong> words) => times.AndInto(chunk, from, until, words);
}
