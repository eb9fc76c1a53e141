using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports.Columns;
using TagSegments.Tags.Crm.Imports.Files;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Crm.Imports.Fields;

/// <summary>Reads the custom field values of a row.</summary>
internal static class ImportFieldValues
{
    /// <summary>Adds the values to <paramref name="values"/> and reports the ones that are not valid.</summary>
    public static void Read(CsvRow row, IReadOnlyDictionary<ImportColumn, Field> fields, FieldValues values, RowReport report)
    {
        foreach (var (column, field) in fields)
        {
            if ((field.Type == Type.Text ? column.ReadLiteral(row) : column.Read(row)) is not { } text)
            {
                continue;
            }

            var parse = FieldParse.FromText(field.Type, field.Choices, text, column.Form);
            if (parse.Problem is null)
            {
                values[field.FieldId] = parse.Json;
            }
            else
            {
                report.BadValue(column.Header, parse.Problem, text);
            }
        }
    }
}
