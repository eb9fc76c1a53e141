using System.CommandLine;
using Crm.Contacts.V1;
using TagSegments.Cli.Connection;

namespace TagSegments.Cli.Commands;

/// <summary>`import`.</summary>
internal static class Import
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "The CSV file, or - for standard input." };
        var options = new ImportOptionSet();
        var command = new Command("import", "Imports contacts or opportunities from a CSV file; creates the account if it is missing. Repeating an import changes nothing.") { file };
        options.AddTo(command);
        return command.Runs(async (session, ct) =>
        {
            var path = session.Get(file);
            var request = options.Read(session, path);
            await using var content = path is "-" ? Console.OpenStandardInput() : File.OpenRead(path);
            await AccountSetup.EnsureAsync(session, ct);
            return await RunAsync(session, request, content, ct);
        });
    }

    private static async Task<int> RunAsync(Session session, ImportOptions options, Stream content, CancellationToken ct)
    {
        var report = session.Report;
        var summary = await ImportProgressView.ShowAsync(report, progress => ImportCall.RunAsync(
            session.Services, session.RequireAccount(), options, content, progress,
            error => report.Failure(error, $"line {error.Line}{(error.Column is "" ? "" : $", column {error.Column}")}: {error.Message}"), ct));

        report.Write(summary, () => ImportSummaryView.Table(summary));
        return summary.Failed > 0 ? ExitCode.Partial : ExitCode.Done;
    }
}
