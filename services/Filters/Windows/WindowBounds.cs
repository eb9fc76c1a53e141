using System.Globalization;
using Crm.Segments.V1;
using NodaTime;
using NodaTime.Text;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Facts;
using FieldType = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Filters.Windows;

/// <summary>Resolves the windows of a clause to their ends at one <c>now</c>, for people to check.</summary>
public static class WindowBounds
{
    /// <summary>Resolves the windows of one clause without its members; windows in the contact's zone are resolved in the zone given.</summary>
    public static IEnumerable<ResolvedWindow> Resolve(Filter filter, FilterCatalog catalog, WindowResolver windows, DateTimeZone contactZone) =>
        Windows(filter, catalog).Select(asked => Resolve(asked, windows, asked.Window.ContactZone ? contactZone : windows.ZoneOf(asked.Window)));

    /// <summary>Writes the windows of one clause, without its members, for everyone.</summary>
    public static IEnumerable<string> Of(Filter filter, FilterCatalog catalog, WindowResolver windows) =>
        from asked in Windows(filter, catalog)
        let window = Resolve(asked, windows, windows.ZoneOf(asked.Window))
        let place = asked.Window.ContactZone ? $" in {window.Zone}, elsewhere by the clocks of each contact's zone" : ""
        select $"{window.Of} {Text(window)}{place}".Trim();

    /// <summary>Writes the two ends of a window.</summary>
    public static string Text(ResolvedWindow window) =>
        ((window.From.Length > 0 ? $"from {window.From} " : "") + (window.Until.Length > 0 ? $"until {window.Until}" : "")).TrimEnd();

    private static IEnumerable<Asked> Windows(Filter filter, FilterCatalog catalog) =>
        from window in ClauseFacts.Of(filter).Windows
        let field = window.Condition is { } condition ? catalog.Field(condition.Clause.Field, condition.OfOpportunity) : null
        let isDay = field?.Type == FieldType.Date || window.Condition?.Clause.Operator == FieldClause.Types.Operator.Anniversary
        select new Asked(field?.Name ?? window.Label, window.Window, isDay);

    private static ResolvedWindow Resolve(Asked asked, WindowResolver windows, DateTimeZone zone)
    {
        var range = windows.Resolve(asked.Window, zone);
        return new ResolvedWindow
        {
            Of = asked.Of,
            From = End(range.From, zone, asked.IsDay),
            Until = End(range.Until, zone, asked.IsDay),
            Zone = zone.Id,
        };
    }

    private static string End(TimeEdge edge, DateTimeZone zone, bool isDay) =>
        isDay ? edge.ToDay(zone)?.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture) ?? ""
        : edge.ToInstant(zone) is { } instant ? OffsetDateTimePattern.Rfc3339.Format(instant.InZone(zone).ToOffsetDateTime())
        : "";

    private sealed record Asked(string Of, TimeWindow Window, bool IsDay);
}
