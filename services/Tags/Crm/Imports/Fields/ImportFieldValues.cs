using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports.Files;
using TagSegments.Tags.Crm.Imports.Columns;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Crm.Imports.Fields;

/// <summary>Reads the custom field values of a row.</summary>
internal static class ImportFieldValues
{
    /// <summary>Adds the values to <paramref name="values"/>; returns false and reports them if some are not valid.</summary>
    public static bool Read(
        CsvRow row, IReadOnlyDictionary<ImportColumn, Field> fields, TextForm form, FieldValues values, Action<string, string> report)
    {
        var ok = true;
        foreach (var (column, field) in fields)
        {
            if ((field.Type == Type.Text ? column.ReadLiteral(row) : column.Read(row)) is not { } text)
            {
                continue;
            }

            var parse = FieldParse.FromText(field.Type, field.Choices, text, form);
            values[field.FieldId] = parse.Json;
            if (parse.Problem is not null)
            {
                report(column.Header, parse.Problem);
                ok = false;
            }
        }

        return ok;
    }
}
