using System.Text.Json.Nodes;
using Crm.Contacts.V1;
using Spectre.Console;
using Spectre.Console.Rendering;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Imports;

/// <summary>Shows a dry run: the columns, what would be created, the first rows as they would be, and the counts.</summary>
internal static class ImportPlanView
{
    private const int MaxValue = 40;

    public static JsonObject Json(ImportPlan plan, ImportSummary summary) => new()
    {
        ["plan"] = ProtoJson.From(plan),
        ["summary"] = ProtoJson.From(summary),
    };

    public static IRenderable Show(ImportPlan plan, ImportSummary summary) => new Rows(
        new Text("Nothing was written: this is a dry run."), new Text(File(plan)), Columns(plan), Created(plan), First(plan, summary), ImportView.Summary(summary));

    private static string File(ImportPlan plan)
    {
        var form = plan.Delimiter switch { "" => "JSON", "\t" => "delimiter tab", _ => $"delimiter {plan.Delimiter}" };
        return $"{plan.Rows:N0} rows, {form}, encoding {plan.Encoding}{(plan.EncodingGuessed ? " (a guess: --encoding overrules it)" : "")}";
    }

    private static Table Columns(ImportPlan plan) => Report.Table(
        plan.Columns,
        ("column", column => column.Header),
        ("goes to", column => Target(column)),
        ("type", column => column.Type is Field.Types.Type.Unspecified ? "" : column.TypeInferred ? $"{column.Type} (inferred)" : column.Type),
        ("separators", column => string.Join(' ', column.Separators)),
        ("dates", column => column.DateFormat));

    private static string Target(ImportColumnPlan column)
    {
        var tags = column.Prefix is "" ? "tags" : $"tags \"{column.Prefix}…\"";
        return !column.Tags ? (column.Target is "" ? "nothing" : column.Target) : column.Target is "" ? tags : $"{column.Target}, {tags}";
    }

    private static Table Created(ImportPlan plan)
    {
        var table = Report.Empty("to be created", "name");
        foreach (var field in plan.FieldsCreated)
            table.Row("field", $"{field.Key} ({field.Type})");
        foreach (var field in plan.ChoicesAdded)
            table.Row($"choices of {field.Key}", string.Join(", ", field.Choices));
        if (plan.PipelineCreated is not "")
            table.Row("pipeline", plan.PipelineCreated);
        foreach (var stage in plan.StagesCreated)
            table.Row("stage", stage);
        return table;
    }

    private static Table First(ImportPlan plan, ImportSummary summary)
    {
        string[] targets = [.. plan.Columns.Select(column => column.Target).Concat(summary.Preview.SelectMany(row => row.Values.Keys).Order(StringComparer.Ordinal))
            .Where(target => summary.Preview.Any(row => row.Values.ContainsKey(target)))
            .Distinct()];
        var table = Report.Empty(["line", "would be", .. targets]);
        foreach (var row in summary.Preview)
            table.Row([row.Line, row.Outcome.ToString().ToLowerInvariant(), .. targets.Select(target => Short(row.Values.GetValueOrDefault(target, "")))]);
        return table;
    }

    private static string Short(string value) => value.Length <= MaxValue ? value : value[..MaxValue] + "…";
}
