using System.Globalization;
using Crm.Segments.V1;
using NodaTime;
using NodaTime.Text;
using FieldType = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Segments.Filters;

/// <summary>Writes the windows of a clause with the ends that they have at one <c>now</c>, for people to check.</summary>
internal static class WindowBounds
{
    /// <summary>Writes the windows of one clause, not of what lies below it.</summary>
    public static IEnumerable<string> Of(Filter filter, FilterContext context) => filter.KindCase switch
    {
        Filter.KindOneofCase.TagAdded => [Write("added", filter.TagAdded.Window, isDay: false, context)],
        Filter.KindOneofCase.Activity when filter.Activity.Window is { } window => [Write("", window, isDay: false, context)],
        Filter.KindOneofCase.Field => Fields([filter.Field], ofOpportunity: false, context),
        Filter.KindOneofCase.Opportunity => Fields(filter.Opportunity.Conditions, ofOpportunity: true, context),
        _ => [],
    };

    private static IEnumerable<string> Fields(IEnumerable<FieldClause> clauses, bool ofOpportunity, FilterContext context) =>
        from clause in clauses
        where clause.Window is not null
        let field = context.Catalog.Field(clause.Field, ofOpportunity)
        let isDay = field?.Type == FieldType.Date || clause.Operator == FieldClause.Types.Operator.Anniversary
        select Write(field?.Name ?? "", clause.Window, isDay, context);

    private static string Write(string what, TimeWindow window, bool isDay, FilterContext context)
    {
        var zone = context.Windows.ZoneOf(window);
        var range = context.Windows.Resolve(window, zone);
        var from = End(range.From, zone, isDay) is { } start ? $" from {start}" : "";
        var until = End(range.Until, zone, isDay) is { } end ? $" until {end}" : "";
        var place = window.ContactZone ? $" in {zone.Id}, elsewhere by the clocks of each contact's zone" : "";
        return string.Concat(what, from, until, place).TrimStart();
    }

    private static string? End(TimeEdge edge, DateTimeZone zone, bool isDay) =>
        isDay ? edge.ToDay(zone)?.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture)
        : edge.ToInstant(zone) is { } instant ? OffsetDateTimePattern.Rfc3339.Format(instant.InZone(zone).ToOffsetDateTime())
        : null;
}
