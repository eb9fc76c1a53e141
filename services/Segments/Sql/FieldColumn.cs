using TagSegments.Filters.Catalog;
using FieldType = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Segments.Sql;

/// <summary>The place of a field's value: an expression of the field's own type, null if there is no value.</summary>
internal sealed record FieldColumn(FilterField Field, string Sql, bool IsJson = false)
{
    /// <summary>
    /// The value of a custom field in a <c>jsonb</c> by field number. A value of a foreign type reads as missing instead of failing the query.
    /// </summary>
    public static FieldColumn Custom(FilterField field, string json, string key) => new(field, field.Type switch
    {
        FieldType.Number => $"(CASE WHEN jsonb_typeof({json} -> {key}) = 'number' THEN ({json} -> {key})::numeric END)",
        FieldType.Boolean => $"(CASE WHEN jsonb_typeof({json} -> {key}) = 'boolean' THEN ({json} -> {key})::boolean END)",
        FieldType.MultipleChoice => $"(CASE WHEN jsonb_typeof({json} -> {key}) = 'array' THEN {json} -> {key} END)",
        _ => $"({json} ->> {key})",
    }, IsJson: true);

    /// <summary>The value as a point in time, for date and date-time fields.</summary>
    public TimeColumn Time => (Field.Type, IsJson) switch
    {
        (FieldType.Date, true) => TimeColumn.StoredDay(Sql),
        (FieldType.Date, false) => TimeColumn.Day(Sql),
        (FieldType.DateTime, true) => TimeColumn.StoredInstant(Sql),
        (FieldType.DateTime, false) => TimeColumn.Instant(Sql),
        _ => throw new InvalidOperationException($"{Field.Name} is not a date."),
    };
}
