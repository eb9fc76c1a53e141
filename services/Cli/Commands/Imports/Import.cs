using System.CommandLine;
using Crm.Contacts.V1;
using Google.Protobuf;
using Grpc.Core;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`import`.</summary>
internal static class Import
{
    private const int ChunkSize = 256 * 1024;

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
        using var call = session.Services.Imports.Import(cancellationToken: ct);
        var sending = SendAsync(call.RequestStream, session.RequireAccount(), options, content, ct);
        var summary = await ImportProgressView.ShowAsync(session.Report, progress => ReceiveAsync(session.Report, call.ResponseStream, progress, ct));
        await sending;

        session.Report.Write(summary, () => ImportSummaryView.Table(summary));
        return summary.Failed > 0 ? ExitCode.Partial : ExitCode.Done;
    }

    private static async Task SendAsync(IClientStreamWriter<ImportRequest> requests, string account, ImportOptions options, Stream content, CancellationToken ct)
    {
        try
        {
            await requests.WriteAsync(new() { Account = account, Options = options }, ct);
            var buffer = new byte[ChunkSize];
            while (await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct) is var read and > 0)
                await requests.WriteAsync(new() { Data = ByteString.CopyFrom(buffer, 0, read) }, ct);
            await requests.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // The server ended the call early, because it refused the options: the receiving side has the reason.
        }
    }

    private static async Task<ImportSummary> ReceiveAsync(
        Report report, IAsyncStreamReader<ImportResponse> responses, Action<ImportProgress> progress, CancellationToken ct)
    {
        ImportSummary? summary = null;
        await foreach (var response in responses.ReadAllAsync(ct))
        {
            summary = response.Summary ?? summary;
            if (response.Progress is { } step)
                progress(step);
            if (response.RowError is { } error)
                report.Failure(error, $"line {error.Line}{(error.Column is "" ? "" : $", column {error.Column}")}: {error.Message}");
        }
        return summary ?? throw new CliError("The server ended the import without a summary.", "Repeat the import: rows that are there already stay as they are.", ExitCode.Unreachable);
    }
}
