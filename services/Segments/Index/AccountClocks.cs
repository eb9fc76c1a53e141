namespace TagSegments.Segments.Index;

/// <summary>The positions of an account's clocks: of contacts and tags, of the names that filters use, of its segments, of activity.</summary>
/// <param name="Records">The clock of contacts, tags and opportunities.</param>
/// <param name="Floor">The oldest position of it from which the change log is complete.</param>
/// <param name="Catalog">The clock of tag names, fields, pipelines and stages.</param>
/// <param name="Campaigns">The clock of campaign names.</param>
/// <param name="Definitions">The clock of saved segments.</param>
/// <param name="Activity">The clock of activity and suppressions.</param>
/// <param name="ActivityFloor">The oldest position of it from which its log is complete.</param>
/// <param name="MaxActivityAt">The latest time of any recorded activity; null if there is none.</param>
/// <param name="EventsFrom">The time before which custom events have been deleted; null if none have.</param>
internal sealed record AccountClocks(
    ClockPosition Records,
    long Floor,
    ClockPosition Catalog,
    ClockPosition Campaigns,
    ClockPosition Definitions,
    ClockPosition Activity,
    long ActivityFloor,
    DateTime? MaxActivityAt,
    DateTime? EventsFrom)
{
    /// <summary>Whether every name that a filter can use is the same as at another time.</summary>
    public bool HaveSameNames(AccountClocks other) =>
        Catalog == other.Catalog && Campaigns == other.Campaigns && Definitions == other.Definitions;
}
