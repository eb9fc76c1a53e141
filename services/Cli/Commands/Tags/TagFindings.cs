using Crm.Tags.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Tags;

/// <summary>Shows the findings about names.</summary>
internal static class TagFindings
{
    public static void Note(Report report, IEnumerable<TagFinding> findings)
    {
        foreach (var finding in findings)
            report.Note($"note: {finding.Message}{Suggestion(finding)}");
    }

    public static Table View(IEnumerable<TagFinding> findings) => Report.Table(
        findings,
        ("finding", finding => finding.Kind), ("tags", finding => string.Join(", ", finding.TagIds.Select(id => $"#{id}"))),
        ("what", finding => finding.Message), ("suggestion", finding => finding.Suggestion));

    private static string Suggestion(TagFinding finding) => finding.Suggestion is "" ? "" : $" Suggested: \"{finding.Suggestion}\".";
}
