using Crm.Segments.V1;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Evaluation.Plans;

/// <summary>A filter to evaluate: for everyone, or for some candidates only; the answer means nothing for others then.</summary>
internal sealed record Question(Filter Filter, int[]? Candidates = null)
{
    /// <summary>Whether every node of the filter is to be asked by itself, too.</summary>
    public bool NodeByNode { get; init; }

    /// <summary>The tags that are counted among the matches: the state has to have them besides those of the filter.</summary>
    public IEnumerable<int> CountedTags { get; init; } = [];

    /// <summary>Asks for the contacts of whom something is expected in a saved segment.</summary>
    public static Question OfExpectations(SegmentDefinition segment) =>
        new(new Filter { Segment = new SegmentClause { SegmentId = segment.SegmentId } }, segment.Expectations.Contacts);
}
