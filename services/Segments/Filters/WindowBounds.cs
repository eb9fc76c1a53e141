using System.Globalization;
using Crm.Segments.V1;
using NodaTime;
using NodaTime.Text;
using FieldType = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Segments.Filters;

/// <summary>Resolves the windows of a clause to the ends that they have at one <c>now</c>, for people to check.</summary>
internal static class WindowBounds
{
    /// <summary>Resolves the windows of one clause, not of what lies below it; those in the contact's zone in the zone given.</summary>
    public static IEnumerable<ResolvedWindow> Resolve(Filter filter, FilterContext context, DateTimeZone contactZone) =>
        Windows(filter, context).Select(asked => Resolve(asked, context, asked.Window.ContactZone ? contactZone : context.Windows.ZoneOf(asked.Window)));

    /// <summary>Writes the windows of one clause for everyone, not of what lies below it.</summary>
    public static IEnumerable<string> Of(Filter filter, FilterContext context) =>
        from asked in Windows(filter, context)
        let window = Resolve(asked, context, context.Windows.ZoneOf(asked.Window))
        let place = asked.Window.ContactZone ? $" in {window.Zone}, elsewhere by the clocks of each contact's zone" : ""
        select $"{window.Of} {Text(window)}{place}".Trim();

    /// <summary>Writes the two ends of a window.</summary>
    public static string Text(ResolvedWindow window) =>
        ((window.From.Length > 0 ? $"from {window.From} " : "") + (window.Until.Length > 0 ? $"until {window.Until}" : "")).TrimEnd();

    private static IEnumerable<Asked> Windows(Filter filter, FilterContext context) => filter.KindCase switch
    {
        Filter.KindOneofCase.TagAdded => [new("added", filter.TagAdded.Window, IsDay: false)],
        Filter.KindOneofCase.Activity when filter.Activity.Window is { } window => [new("", window, IsDay: false)],
        Filter.KindOneofCase.Field => Fields([filter.Field], ofOpportunity: false, context),
        Filter.KindOneofCase.Opportunity => Fields(filter.Opportunity.Conditions, ofOpportunity: true, context),
        _ => [],
    };

    private static IEnumerable<Asked> Fields(IEnumerable<FieldClause> clauses, bool ofOpportunity, FilterContext context) =>
        from clause in clauses
        where clause.Window is not null
        let field = context.Catalog.Field(clause.Field, ofOpportunity)
        let isDay = field?.Type == FieldType.Date || clause.Operator == FieldClause.Types.Operator.Anniversary
        select new Asked(field?.Name ?? "", clause.Window, isDay);

    private static ResolvedWindow Resolve(Asked asked, FilterContext context, DateTimeZone zone)
    {
        var range = context.Windows.Resolve(asked.Window, zone);
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
