using Crm.Contacts.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>Shows how far an import is: a bar where a person watches, a line every 50,000 rows in a log, nothing beside JSON.</summary>
internal static class ImportProgressView
{
    private const int RowsPerLine = 50_000;

    public static Task<ImportSummary> ShowAsync(Report report, Func<Action<ImportProgress>, Task<ImportSummary>> import) =>
        report.IsWatched ? BarAsync(report, import) : LinesAsync(report, import);

    private static Task<ImportSummary> BarAsync(Report report, Func<Action<ImportProgress>, Task<ImportSummary>> import) =>
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

    private static Task<ImportSummary> LinesAsync(Report report, Func<Action<ImportProgress>, Task<ImportSummary>> import)
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
}
