namespace TagSegments.Filters.Tree;

/// <summary>A segment refers to itself, directly or by others.</summary>
public sealed class SegmentCycleException(IReadOnlyList<string> segmentIds) : FilterException("A segment refers to itself.")
{
    /// <summary>The ids of the segments on the way; the last one is the first to repeat.</summary>
    public IReadOnlyList<string> SegmentIds { get; } = segmentIds;
}
