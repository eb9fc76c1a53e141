using Crm.Segments.V1;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Evaluation.Plans;

/// <summary>A filter to evaluate: for everyone, or for some candidates; the answer then means nothing for others.</summary>
internal sealed record Question(Filter Filter, int[]? Candidates = null)
{
    /// <summary>Whether every node of the filter is also needed by itself.</summary>
    public bool NodeByNode { get; init; }

    /// <summary>The text from which the filter was read; empty if it was given as a tree or by name.</summary>
    public string Text { get; init; } = "";

    /// <summary>The tags to count among the matches: the state must have them besides those of the filter.</summary>
    public IEnumerable<int> CountedTags { get; init; } = [];

    /// <summary>Asks for the contacts that the expectations of a saved segment name.</summary>
    public static Question OfExpectations(SegmentDefinition segment) =>
        new(new Filter { Segment = new SegmentClause { SegmentId = segment.SegmentId } }, segment.Expectations.Contacts);
}
