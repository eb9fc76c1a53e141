using System.Globalization;
using System.Text.Json;
using Crm.Segments.V1;
using NodaTime;
using NodaTime.Text;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Values;
using TagSegments.Filters.Windows;
using TagSegments.Segments.Sql;
using FieldType = Crm.Contacts.V1.Field.Types.Type;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;

namespace TagSegments.Segments.Explain;

/// <summary>The attributes and fields of one contact, from its row as JSON.</summary>
internal sealed class ContactValues(JsonElement contact, FilterContext context)
{
    /// <summary>The contact's zone; the account's zone if the contact has none or an unknown one.</summary>
    public DateTimeZone Zone { get; } =
        (Property(contact, "time_zone")?.GetString() is { } id ? DateTimeZoneProviders.Tzdb.GetZoneOrNull(id) : null) ?? context.Windows.AccountZone;

    /// <summary>Gets a column that holds text; null if it is empty.</summary>
    public string? Text(string column) => Property(contact, column)?.GetString();

    /// <summary>Gets a column that holds a number.</summary>
    public int Number(string column) => contact.GetProperty(column).GetInt32();

    /// <summary>Gets the value that a clause asks for, by the name that it has in a catalog.</summary>
    public FieldEvidence Field(FieldClause clause, FilterCatalog names)
    {
        var reference = clause.Field;
        var field = context.Catalog.Field(reference, ofOpportunity: false);
        var value = reference.RefCase == FieldRef.RefOneofCase.Attribute
            ? Property(contact, reference.Attribute is "created" or "updated" ? reference.Attribute + "_at" : reference.Attribute)
            : Property(contact.GetProperty("fields"), reference.FieldId.ToString(CultureInfo.InvariantCulture));
        var evidence = new FieldEvidence { Name = names.Field(reference, ofOpportunity: false)?.Name ?? FilterErrors.FieldName(reference) };
        if (value is { } json)
        {
            evidence.Values.AddRange(Values(json, field?.Type));
            evidence.Anniversary = clause.Operator == Operator.Anniversary ? Anniversary(clause, evidence.Values.FirstOrDefault()) : "";
        }

        return evidence;
    }

    private static IEnumerable<string> Values(JsonElement value, FieldType? type) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray().Select(item => item.ToString()),
        JsonValueKind.String when type == FieldType.DateTime && value.TryGetDateTimeOffset(out var time) =>
            [FilterValues.ToStored(Instant.FromDateTimeOffset(time))],
        JsonValueKind.String => [value.GetString()!],
        _ => [value.GetRawText()],
    };

    // By the days of the zone that the window is read in, which only matters to instants.
    private string Anniversary(FieldClause clause, string? value)
    {
        var windows = context.Windows;
        var zone = clause.Window.ContactZone ? Zone : windows.ZoneOf(clause.Window);
        var day = FilterValues.TryDate(value ?? "", out var date) || FilterValues.TryYearlyDay(value ?? "", out date) ? date
            : FilterValues.TryInstant(value ?? "", out var instant) ? instant.InZone(zone).Date
            : (LocalDate?)null;
        var from = windows.Resolve(clause.Window, zone).From.ToDay(zone) ?? context.Instant.InZone(zone).Date;
        return day is { } born && AnniversaryCalendar.Next(born, from, clause.LeapDayOnMarchFirst) is { } next ? LocalDatePattern.Iso.Format(next) : "";
    }

    private static JsonElement? Property(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
