using System.Globalization;
using TagSegments.Segments.Sql;
using FieldType = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Segments.SmartLists;

/// <summary>Columns of smart lists as SQL over the alias <c>c</c> of the contacts.</summary>
internal static class ListColumnSql
{
    /// <summary>Gets the value as an argument of <c>jsonb_build_array</c>: JSON null where there is none.</summary>
    public static string Value(ListColumn column, FilterSources sources, SqlParameters parameters) => column switch
    {
        { Key: ListColumn.Tags } => TagNames(sources),
        { Key: "email_consent" or "sms_consent" } => $"(ARRAY['never', 'subscribed', 'unsubscribed'])[c.{column.Key}]",
        { IsMissing: true } => "NULL::text",
        { Field.IsAttribute: true } => Attribute(column.Key, at => $"""to_char({at} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""),
        _ => $"c.fields -> {FieldKey(column, parameters)}",
    };

    /// <summary>Gets the value that orders the rows, null if there is none, and its type.</summary>
    public static (string Sql, string Type) Order(ListColumn column, SqlParameters parameters)
    {
        if (column.Field is not { } field)
        {
            return ($"c.{column.Key}", "smallint");
        }

        var sql = field.IsAttribute
            ? Attribute(column.Key, at => at)
            : FieldColumn.Custom(field, "c.fields", FieldKey(column, parameters)).Sql;
        return (field.Type, field.IsAttribute) switch
        {
            (FieldType.Number, _) => (sql, "numeric"),
            (FieldType.Boolean, _) => (sql, "boolean"),
            (FieldType.DateTime, true) => (sql, "timestamptz"),
            (FieldType.MultipleChoice, _) => (Text($"(SELECT string_agg(v.value, ' ') FROM jsonb_array_elements_text({sql}) v)"), "text"),
            _ => (Text(sql), "text"),
        };
    }

    private static string TagNames(FilterSources sources) => $"""
        (SELECT jsonb_agg(n.name ORDER BY n.name COLLATE "C")
         FROM {sources.TagChunks} t
         JOIN {sources.Tags} n USING (account_id, tag_id)
         WHERE t.account_id = @account AND t.tag_id > 0 AND n.deleted_at IS NULL
             AND t.chunk = c.contact_id >> 14 AND get_bit(t.bits, c.contact_id & 16383) = 1)
        """;

    private static string Attribute(string name, Func<string, string> time) => name switch
    {
        "created" or "updated" => time($"c.{name}_at"),
        _ => $"c.{name}",
    };

    // By code point in every locale of the database; "C" lowers A to Z and nothing else.
    private static string Text(string sql) => $"""NULLIF(left(lower(btrim({sql}, {FilterSql.WhiteSpace}) COLLATE "C"), 200), '')""";

    private static string FieldKey(ListColumn column, SqlParameters parameters) =>
        parameters.Bind(column.FieldId.ToString(CultureInfo.InvariantCulture));
}
