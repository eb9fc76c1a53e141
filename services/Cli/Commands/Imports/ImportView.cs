using System.Globalization;
using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Imports;

/// <summary>Shows the progress and summary of an import: a bar for people, a line every 50,000 rows in a log, no progress with JSON.</summary>
internal static class ImportView
{
    private const int RowsPerLine = 50_000;

    /// <summary>Runs an import and shows its progress.</summary>
    public static Task<T> ShowAsync<T>(Report report, Func<Action<ImportProgress>, Task<T>> import) =>
        report.IsWatched ? BarAsync(report, import) : LinesAsync(report, import);

    private static Task<T> BarAsync<T>(Report report, Func<Action<ImportProgress>, Task<T>> import) =>
        AnsiProgress(report).StartAsync(context =>
        {
            var bar = context.AddTask("rows", autoStart: true);
            bar.IsIndeterminate = true;
            return import(progress =>
            {
                bar.Description = $"{progress.Rows:N0} rows";
                bar.IsIndeterminate = progress.TotalRows == 0;
                bar.MaxValue = Math.Max(progress.TotalRows, 1);
                bar.Value = progress.Rows;
            });
        });

    private static Progress AnsiProgress(Report report) => report.ProgressConsole().Progress()
        .AutoClear(true)
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn());

    private static Task<T> LinesAsync<T>(Report report, Func<Action<ImportProgress>, Task<T>> import)
    {
        var written = 0L;
        return import(progress =>
        {
            if (progress.Rows - written < RowsPerLine)
                return;
            written = progress.Rows;
            report.Note($"{progress.Rows:N0} rows");
        });
    }

    /// <summary>Shows a bad row, or a value that was left out.</summary>
    public static string Line(ImportRowError error)
    {
        var column = error.Column is "" ? "" : $", column {error.Column}";
        var value = error.Value is "" ? "" : $" \"{error.Value}\"";
        return $"line {error.Line}{column}:{value} {error.Message}{(error.ValueDropped ? "; the value was left out" : "")}";
    }

    public static Table Summary(ImportSummary summary)
    {
        var table = Report.Empty("import", "result");
        foreach (var (name, count) in Counts(summary))
            table.Row(name, count);
        foreach (var field in summary.FieldsCreated)
            table.Row("field created", $"{field.Key} ({field.Type})");
        if (summary.TagsCreated.Count > 0)
            table.Row("tags created", string.Join(", ", summary.TagsCreated));
        foreach (var notice in summary.Notices)
            table.Row(notice.Column is "" ? "file" : $"column {notice.Column}", notice.Message);
        var speed = string.Create(CultureInfo.InvariantCulture, $"{summary.Seconds:N2} s, {summary.RowsPerSecond:N0} rows/s");
        table.Row("time", speed);
        return table;
    }

    private static IEnumerable<(string Name, long Count)> Counts(ImportSummary s) =>
    [
        ("rows", s.Rows), ("created", s.Created), ("updated", s.Updated), ("unchanged", s.Unchanged), ("left out", s.Skipped), ("failed", s.Failed), ("with values left out", s.RowsWithDroppedValues),
        ("refusals found", s.RefusalsFound), ("refusals kept", s.RefusalsKept), ("tags added", s.TagsAdded), ("without a contact", s.Orphans),
    ];
}
