using TagSegments.Bitmaps;

namespace TagSegments.Segments.Evaluation.Plans;

/// <summary>All numbers that are not in the member, also those of no contact: the root of a plan keeps living contacts only.</summary>
internal sealed class NotNode(PlanNode member) : PlanNode
{
    public override long Estimate => int.MaxValue - Math.Min(int.MaxValue, member.Estimate);

    public override bool IsEmpty(int chunk) => false;

    public override void CopyTo(int chunk, Span<ulong> words)
    {
        member.CopyTo(chunk, words);
        ChunkWords.Not(words);
    }

    public override void AndInto(int chunk, Span<ulong> words) => member.AndNotInto(chunk, words);

    public override void AndNotInto(int chunk, Span<ulong> words) => member.AndInto(chunk, words);
}
