using System.Globalization;
using Crm.Contacts.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>The summary of an import as a table.</summary>
internal static class ImportSummaryView
{
    public static Table Table(ImportSummary summary)
    {
        var table = Report.Table("import", "result");
        foreach (var (name, count) in Counts(summary))
            table.AddRow(name.Cell(), count.Cell());
        foreach (var field in summary.FieldsCreated)
            table.AddRow("field created".Cell(), $"{field.Key} ({field.Type})".Cell());
        if (summary.TagsCreated.Count > 0)
            table.AddRow("tags created".Cell(), string.Join(", ", summary.TagsCreated).Cell());
        var speed = string.Create(CultureInfo.InvariantCulture, $"{summary.Seconds:N2} s, {summary.RowsPerSecond:N0} rows/s");
        table.AddRow("time".Cell(), speed.Cell());
        return table;
    }

    private static IEnumerable<(string Name, long Count)> Counts(ImportSummary s) =>
    [
        ("rows", s.Rows), ("created", s.Created), ("updated", s.Updated), ("unchanged", s.Unchanged), ("failed", s.Failed),
        ("tags added", s.TagsAdded), ("without a contact", s.Orphans),
    ];
}
