using Crm.Contacts.V1;
using Grpc.Core;
using TagSegments.Tags.Crm.Imports.Columns;
using TagSegments.Tags.Crm.Imports.Files;

namespace TagSegments.Tags.Crm.Imports;

/// <summary>Serves imports: receives the file, has it imported, and answers with the summary.</summary>
internal sealed class ImportApi(AccountDirectory accounts, ImportSpool spool, Importer importer, TimeProvider time)
    : ImportService.ImportServiceBase
{
    public override async Task Import(
        IAsyncStreamReader<ImportRequest> requestStream, IServerStreamWriter<ImportResponse> responseStream, ServerCallContext context)
    {
        using var call = new ImportCall(requestStream, responseStream, spool.Limits, context.CancellationToken);
        await call.RunAsync(() => ImportAsync(call, context));
    }

    private async Task ImportAsync(ImportCall call, ServerCallContext context)
    {
        var started = time.GetTimestamp();
        var first = await FirstAsync(call);
        ImportSettings.Check(first.Options);
        var account = await accounts.GetAsync(first.Account, call.Token);

        using var space = spool.Enter(account);
        await using var file = await UploadedFile.ReceiveAsync(call, space);
        var summary = await importer.RunAsync(account, context.Principal(), first.Options, file, call);
        summary.Seconds = time.GetElapsedTime(started).TotalSeconds;
        summary.RowsPerSecond = summary.Rows / Math.Max(summary.Seconds, 0.001);
        await call.AnswerAsync(new ImportResponse { Summary = summary });
    }

    private static async Task<ImportRequest> FirstAsync(ImportCall call)
    {
        if (!await call.NextAsync() || call.Current.Options is null)
        {
            throw RpcErrors.InvalidField("options", "are required in the first request");
        }

        return call.Current;
    }
}
