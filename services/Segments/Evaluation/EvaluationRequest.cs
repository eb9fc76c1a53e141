using Crm.Segments.V1;

namespace TagSegments.Segments.Evaluation;

/// <summary>
/// The filters that a call wants evaluated, as the caller sent them. They are read against the names of the very state they are evaluated on.
/// </summary>
/// <param name="Filters">The filters, which are evaluated in one state at one <c>now</c>.</param>
internal sealed record EvaluationRequest(params IReadOnlyList<RequestedFilter> Filters)
{
    // About a hundred clauses.
    private const int ShortBytes = 8_000;

    /// <summary>Whether reading the filters is little work, whatever they ask.</summary>
    public bool IsShort => IsShortFilter(Filters.Sum(filter => filter.Bytes));

    /// <summary>Whether reading a filter of a size is little work.</summary>
    public static bool IsShortFilter(int bytes) => bytes <= ShortBytes;

    /// <summary>The contacts of interest; the answer means nothing for others. Null for everyone.</summary>
    public int[]? Candidates { get; init; }

    /// <summary>Whether every node of a filter is also needed by itself.</summary>
    public bool NodeByNode { get; init; }

    /// <summary>The prefix of the tags to count among the matches; null to count no tags.</summary>
    public string? CountedTags { get; init; }

    /// <summary>Whether to evaluate also each saved segment with expectations that takes part, for the contacts that they name.</summary>
    public bool WithExpectations { get; init; }
}

/// <summary>A filter of a request: the contacts in its source or in an included one, and in no excluded one.</summary>
/// <param name="Source">A tree, a text, or a saved segment or list.</param>
/// <param name="Field">The field of the request that holds the source: the paths in errors begin with it. Empty for <c>source</c>.</param>
internal sealed record RequestedFilter(FilterSource? Source, string Field = "")
{
    /// <summary>The sources of the field <c>include</c>.</summary>
    public IReadOnlyList<FilterSource> Include { get; init; } = [];

    /// <summary>The sources of the field <c>exclude</c>.</summary>
    public IReadOnlyList<FilterSource> Exclude { get; init; } = [];

    /// <summary>The size of the sources.</summary>
    public int Bytes => (Source?.CalculateSize() ?? 0) + Include.Concat(Exclude).Sum(source => source.CalculateSize());

    /// <summary>Whether the filter is left out if a saved segment cannot be evaluated, instead of failing the request.</summary>
    public bool SkipIfInvalid { get; init; }
}
