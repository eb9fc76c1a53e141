using Crm.Contacts.V1;
using Google.Protobuf;
using Grpc.Core;

namespace TagSegments.Cli.Connection;

/// <summary>Sends a file to the import service and reads its reports meanwhile.</summary>
internal static class ImportCall
{
    private const int ChunkSize = 256 * 1024;

    public static async Task<ImportSummary> RunAsync(
        Services services,
        string account,
        ImportOptions options,
        Stream content,
        Action<ImportPlan> onPlan,
        Action<ImportProgress> onProgress,
        Action<ImportRowError> onError,
        CancellationToken ct)
    {
        using var call = services.Imports.Import(cancellationToken: ct);
        var sending = SendAsync(call, account, options, content, ct);
        try
        {
            return await ReceiveAsync(call.ResponseStream, onPlan, onProgress, onError, ct);
        }
        finally
        {
            await sending;
        }
    }

    private static async Task SendAsync(
        AsyncDuplexStreamingCall<ImportRequest, ImportResponse> call, string account, ImportOptions options, Stream content, CancellationToken ct)
    {
        var requests = call.RequestStream;
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
        catch
        {
            // The file cannot be read to its end, before which nothing is imported.
            call.Dispose();
            throw;
        }
    }

    private static async Task<ImportSummary> ReceiveAsync(
        IAsyncStreamReader<ImportResponse> responses,
        Action<ImportPlan> onPlan,
        Action<ImportProgress> onProgress,
        Action<ImportRowError> onError,
        CancellationToken ct)
    {
        ImportSummary? summary = null;
        await foreach (var response in responses.ReadAllAsync(ct))
        {
            summary = response.Summary ?? summary;
            if (response.Plan is { } plan)
                onPlan(plan);
            if (response.Progress is { } progress)
                onProgress(progress);
            if (response.RowError is { } error)
                onError(error);
        }
        return summary ?? throw new CliError(
            "The server ended the import without a summary.", "Repeat the import: rows that were imported stay as they are.", ExitCode.Unreachable);
    }
}
