using Crm.Segments.V1;
using NodaTime;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Values;
using TagSegments.Filters.Windows;

namespace TagSegments.Segments.Sql;

/// <summary>The context that a filter is compiled against: names, the one <c>now</c> of the evaluation, and the segments it may refer to.</summary>
internal sealed record FilterContext(FilterCatalog Catalog, DateTimeOffset Now)
{
    /// <summary>Gives the current filter of a segment by its id, or null if there is none.</summary>
    public Func<string, Filter?> FindSegment { get; init; } = _ => null;

    /// <summary>
    /// Whether the caller asks only about the contacts of its parameter <c>@candidates</c>. The compiled SQL uses it in subqueries; the caller
    /// restricts the outer query.
    /// </summary>
    public bool HasCandidates { get; private init; }

    /// <summary>The time of the latest activity that is recorded; the end of time if that is not known.</summary>
    public DateTime LatestActivity { get; init; } = DateTime.MaxValue;

    /// <summary>The time before which custom events have been deleted; null if none have.</summary>
    public DateTime? EventsFrom { get; init; }

    /// <summary>Whether no activity is recorded for later than <see cref="Now"/>, so that the SQL need not exclude it.</summary>
    public bool NothingLater => LatestActivity <= Instant.ToDateTimeUtc();

    /// <summary>The relations that hold the data: the present ones, or those at <see cref="Now"/>.</summary>
    public FilterSources Sources { get; init; } = FilterSources.Present;

    /// <summary><see cref="Now"/> in the resolution of the database.</summary>
    public Instant Instant => FilterValues.ToMicroseconds(Instant.FromDateTimeOffset(Now));

    /// <summary>Throws OUT_OF_RANGE if a clause asks for custom events that have been deleted: what is not there cannot be counted.</summary>
    public void RequireEvents(ActivityClause clause)
    {
        if (clause.Kind == ActivityClause.Types.Kind.Custom && EventsFrom is { } from
            && (clause.Window is null || Windows.EarliestOf(clause.Window) is not { } earliest || earliest.ToDateTimeUtc() < from))
        {
            throw RpcErrors.HistoryMissing($"The filter asks for events \"{MessageText.Short(clause.EventName)}\" that may have been deleted", from);
        }
    }

    /// <summary>Gets this context for a question about the contacts of the parameter <c>@candidates</c> only.</summary>
    public FilterContext ForCandidates() => this with { HasCandidates = true, Sources = Sources.OfCandidates };

    /// <summary>The resolver of this evaluation's windows.</summary>
    public WindowResolver Windows => new(Instant, Catalog.Zone, Catalog.WeekStart);
}
