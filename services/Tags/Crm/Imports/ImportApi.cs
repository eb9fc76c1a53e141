using Crm.Contacts.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults;
using TagSegments.Tags.Changes;
using CauseKind = Crm.Common.V1.Cause.Types.Kind;
using Target = Crm.Contacts.V1.Field.Types.Target;

namespace TagSegments.Tags.Crm.Imports;

/// <summary>Serves imports: receives the file, looks through it, then writes it batch by batch.</summary>
internal sealed class ImportApi(AccountDirectory accounts, ImportTargets targets, TimeProvider time) : ImportService.ImportServiceBase
{
    public override async Task Import(
        IAsyncStreamReader<ImportRequest> requestStream, IServerStreamWriter<ImportResponse> responseStream, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var started = time.GetTimestamp();
        var first = await FirstAsync(requestStream, ct);
        ImportSettings.Check(first.Options);
        var account = await accounts.GetAsync(first.Account, ct);

        await using var file = await UploadedFile.ReceiveAsync(requestStream, ct);
        var table = Open(file, first.Options);
        var summary = new ImportSummary { ImportId = Guid.CreateVersion7(time.GetUtcNow()).ToString() };
        var settings = ImportSettings.Read(first.Options, account, Cause(first.Options, summary.ImportId, context), table);
        var run = new ImportRun(table, summary, responseStream);
        if (first.Options.Kind == ImportOptions.Types.Kind.Opportunities)
        {
            var fields = targets.Fields(settings);
            summary.Rows = await fields.AnalyseAsync(table, Target.Opportunity, ct);
            var stages = await targets.StagesAsync(settings, table, ct);
            var columns = await fields.EnsureAsync(Target.Opportunity, summary.FieldsCreated, ct);
            await run.RunAsync(targets.Opportunities(settings, columns, stages), ct);
        }
        else
        {
            var fields = targets.Fields(settings);
            summary.Rows = await fields.AnalyseAsync(table, Target.Contact, ct);
            var columns = await fields.EnsureAsync(Target.Contact, summary.FieldsCreated, ct);
            await run.RunAsync(await targets.ContactsAsync(settings, columns, ct), ct);
            summary.TagFindings.Add(await targets.FindingsAsync(settings, summary, ct));
        }

        summary.Seconds = time.GetElapsedTime(started).TotalSeconds;
        summary.RowsPerSecond = summary.Rows / Math.Max(summary.Seconds, 0.001);
        await responseStream.WriteAsync(new ImportResponse { Summary = summary }, ct);
    }

    private static async Task<ImportRequest> FirstAsync(IAsyncStreamReader<ImportRequest> requests, CancellationToken ct)
    {
        if (!await requests.MoveNext(ct) || requests.Current.Options is null)
        {
            throw RpcErrors.InvalidField("options", "are required in the first request");
        }

        return requests.Current;
    }

    private static CsvTable Open(UploadedFile file, ImportOptions options)
    {
        if (options.Encoding == "utf-8" && !file.IsUtf8())
        {
            throw RpcErrors.InvalidField("options.encoding", "the file is not UTF-8");
        }

        return CsvTable.Open(file, file.DetectEncoding(options.Encoding), options.Delimiter.Length > 0 ? options.Delimiter[0] : null);
    }

    private static ChangeCause Cause(ImportOptions options, string importId, ServerCallContext context) => new(
        CauseKind.Import, context.Principal(), importId, options.FileName, SkipWorkflows: options.SkipWorkflows);
}
