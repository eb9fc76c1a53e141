using Crm.Segments.V1;
using NodaTime;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Values;
using TagSegments.Filters.Windows;
using TagSegments.Segments.Past;

namespace TagSegments.Segments.Filters;

/// <summary>What a filter is compiled against: names, the one <c>now</c> of the evaluation, and the segments that it may refer to.</summary>
internal sealed record FilterContext(FilterCatalog Catalog, DateTimeOffset Now)
{
    /// <summary>Gives the current filter of a segment by its id, or null if there is none.</summary>
    public Func<string, Filter?> FindSegment { get; init; } = _ => null;

    /// <summary>
    /// Whether the caller asks about the contacts of its parameter <c>@candidates</c> only. The compiled SQL uses it in subqueries; the caller
    /// restricts the outer query.
    /// </summary>
    public bool HasCandidates { get; init; }

    /// <summary>Whether it is known that no activity is recorded for later than <see cref="Now"/>, so that it need not be asked for.</summary>
    public bool NothingLater { get; init; }

    /// <summary>The moment whose data is asked about, which is at <see cref="Now"/> then; null for the present.</summary>
    public PastMoment? Past { get; init; }

    /// <summary>The relations that hold the data.</summary>
    public FilterSources Sources => Past is null ? FilterSources.Present : PastSources.Of(HasCandidates);

    /// <summary><see cref="Now"/> in the resolution of the database.</summary>
    public Instant Instant => FilterValues.ToMicroseconds(Instant.FromDateTimeOffset(Now));

    /// <summary>The resolver of this evaluation's windows.</summary>
    public WindowResolver Windows => new(Instant, Catalog.Zone, Catalog.WeekStart);
}
