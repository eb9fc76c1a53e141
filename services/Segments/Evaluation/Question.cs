using Crm.Segments.V1;

namespace TagSegments.Segments.Evaluation;

/// <summary>A filter to evaluate: for everyone, or for some candidates only; the answer means nothing for others then.</summary>
internal sealed record Question(Filter Filter, int[]? Candidates = null)
{
    /// <summary>Whether every node of the filter is to be asked by itself too.</summary>
    public bool Apart { get; init; }

    /// <summary>Tags that the state has to have besides those of the filter.</summary>
    public IEnumerable<int> MoreTags { get; init; } = [];
}
