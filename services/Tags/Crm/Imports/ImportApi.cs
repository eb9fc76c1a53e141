using Crm.Contacts.V1;
using Crm.Tags.V1;
using Grpc.Core;
using Npgsql;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports.Columns;
using TagSegments.Tags.Crm.Imports.Contacts;
using TagSegments.Tags.Crm.Imports.Fields;
using TagSegments.Tags.Crm.Imports.Files;
using TagSegments.Tags.Crm.Imports.Opportunities;
using TagSegments.Tags.Tagging.Library;
using TagSegments.Tags.Tagging.Naming;
using CauseKind = Crm.Common.V1.Cause.Types.Kind;

namespace TagSegments.Tags.Crm.Imports;

/// <summary>Serves imports: receives the file, looks through it, then writes it batch by batch.</summary>
internal sealed class ImportApi(
    AccountDirectory accounts, NpgsqlDataSource database, FieldStore fieldStore, TagStore tags, NameGuard names, TimeProvider time)
    : ImportService.ImportServiceBase
{
    private const int MaxNamesChecked = 100;

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
        var fields = new ImportFields(database, fieldStore, settings);
        var stages = new StageNames(settings);

        summary.Rows = await fields.AnalyseAsync(table, stages.Add, ct);
        var run = new ImportRun(table, summary, responseStream);
        if (settings.Target == Field.Types.Target.Opportunity)
        {
            var pipeline = await ImportStages.EnsureAsync(database, account.Id, settings.Pipeline, stages.InOrder(), ct);
            var rows = new OpportunityRows(settings, await fields.EnsureAsync(summary.FieldsCreated, ct), pipeline);
            await run.RunAsync(new OpportunityImport(database, settings, rows, time), ct);
        }
        else
        {
            var importTags = new ImportTags(database, tags, settings, await names.NewNamesAsync(account, ct));
            var rows = new ContactRows(settings, await fields.EnsureAsync(summary.FieldsCreated, ct), importTags);
            await run.RunAsync(new ContactImport(database, settings, rows, importTags, time), ct);
            summary.TagFindings.Add(await names.FindAsync(account, summary.TagsCreated.Take(MaxNamesChecked), ct));
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

        return CsvTable.Open(file, file.DetectEncoding(options.Encoding), options.Delimiter.Length > 0 ? options.Delimiter[0] : null, options.Raw);
    }

    private static ChangeCause Cause(ImportOptions options, string importId, ServerCallContext context) => new(
        CauseKind.Import, context.Principal(), importId, options.FileName, SkipWorkflows: options.SkipWorkflows);
}
