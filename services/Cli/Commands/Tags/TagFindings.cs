using Crm.Tags.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>Shows what about names deserves a look.</summary>
internal static class TagFindings
{
    public static void Note(Report report, IEnumerable<TagFinding> findings)
    {
        foreach (var finding in findings)
            report.Note($"note: {finding.Message}{Suggestion(finding)}");
    }

    public static Table View(IEnumerable<TagFinding> findings)
    {
        var table = Report.Table("finding", "tags", "what", "suggestion");
        foreach (var finding in findings)
            table.AddRow(finding.Kind.ToString().Cell(), string.Join(", ", finding.TagIds.Select(id => $"#{id}")).Cell(), finding.Message.Cell(), finding.Suggestion.Cell());
        return table;
    }

    private static string Suggestion(TagFinding finding) => finding.Suggestion is "" ? "" : $" Suggested: \"{finding.Suggestion}\".";
}
