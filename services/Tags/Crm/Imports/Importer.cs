using Crm.Contacts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports.Columns;
using TagSegments.Tags.Crm.Imports.Consents;
using TagSegments.Tags.Crm.Imports.Contacts;
using TagSegments.Tags.Crm.Imports.Fields;
using TagSegments.Tags.Crm.Imports.Files;
using TagSegments.Tags.Crm.Imports.Opportunities;
using TagSegments.Tags.Crm.Imports.Presets;
using TagSegments.Tags.Tagging.Library;
using TagSegments.Tags.Tagging.Naming;
using CauseKind = Crm.Common.V1.Cause.Types.Kind;

namespace TagSegments.Tags.Crm.Imports;

/// <summary>Looks through an uploaded file, says what it makes of it, then writes it batch by batch.</summary>
internal sealed class Importer(ImportTools tools, FieldStore fieldStore, TagStore tags, NameGuard names, BackgroundTurns turns)
{
    private const int MaxNamesChecked = 100;
    private const int Attempts = 10;

    /// <summary>Imports a file of an account for a principal, and reports the plan, progress and bad rows to the call.</summary>
    public async Task<ImportSummary> RunAsync(AccountInfo account, string principal, ImportOptions options, UploadedFile file, ImportCall call)
    {
        OtherFormat.Refuse(file);
        var encoding = FileEncoding.Of(file, options.Encoding);
        var table = Open(file, options, encoding);
        var asked = options;
        options = PresetOptions.Apply(HeaderNames.Resolve(options, table.Headers), table);
        table = JsonColumns.Open(table, options.JsonColumns);
        (options, var named) = RefusalFile.Apply(asked, options, table);
        ImportNotice[] ofFile = [.. named is null ? [] : new[] { named }, .. encoding.Notices];
        var importId = Guid.CreateVersion7(tools.Time.GetUtcNow()).ToString();
        var cause = new ChangeCause(CauseKind.Import, principal, importId, options.FileName, SkipWorkflows: options.SkipWorkflows);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await RunAsync(ImportSettings.Read(options, account, cause, table), options, table, ofFile, importId, call);
            }
            catch (FieldCreatedException) when (attempt < Attempts)
            {
                // Another import has created some of the fields first, and nothing of this one is written yet: now it finds them.
            }
            catch (FieldCreatedException)
            {
                throw RpcErrors.Create(StatusCode.Aborted, ErrorReason.Conflict, "Others create fields of this file all the time. Repeat the import.");
            }
        }
    }

    private async Task<ImportSummary> RunAsync(
        ImportSettings settings, ImportOptions options, RowTable table, IReadOnlyList<ImportNotice> ofFile, string importId, ImportCall call)
    {
        var (account, summary, ct) = (settings.Account, new ImportSummary { ImportId = importId }, call.Token);
        var look = new FileLook(settings, new ImportFields(tools.Database, fieldStore, settings), ofFile, turns);
        summary.Rows = await look.RunAsync(table, ct);
        summary.Notices.Add(look.Notices());

        var fields = await look.Fields.PlanAsync(ct);
        var plan = look.ToPlan(table, fields, summary.Rows);
        var run = new ImportRun(table, ModeOf(settings), summary, call, account, turns);
        if (settings.Target == Field.Types.Target.Opportunity)
        {
            var stages = new ImportStages(tools.Database, settings, look.Stages.InOrder());
            await stages.PlanAsync(ct);
            plan.PipelineCreated = stages.CreatesPipeline ? settings.Pipeline : "";
            plan.StagesCreated.Add(stages.Missing);
            await call.AnswerAsync(new ImportResponse { Plan = plan });
            await run.RunAsync(new OpportunityImport(tools, settings, new OpportunityRows(settings, fields, look.Keys), stages, look.Keys));
        }
        else
        {
            await call.AnswerAsync(new ImportResponse { Plan = plan });
            var importTags = new ImportTags(tags, settings, await names.NewNamesAsync(account, ct));
            var rows = new ContactRows(settings, fields, new ConsentReader(settings, look.Guess.Columns, tools.Time), importTags, look.Keys, tools.Time);
            await run.RunAsync(new ContactImport(tools, settings, rows, importTags, look.Keys));
            summary.TagFindings.Add(await names.FindAsync(account, summary.TagsCreated.Take(MaxNamesChecked), ct));
        }

        return summary;
    }

    private static ImportMode ModeOf(ImportSettings settings) => new(
        settings.DryRun,
        settings.DropsBadValues,
        settings.AllOrNothing,
        [.. settings.Columns.Where(column => column.Constant is not null).Select(column => column.Header)]);

    private static RowTable Open(UploadedFile file, ImportOptions options, FileEncoding encoding)
    {
        var isJson = options.Format == ImportOptions.Types.Format.JsonLines
            || (options.Format == ImportOptions.Types.Format.Unspecified && JsonLines.Looks(file, encoding.Encoding) != JsonForm.None);
        return isJson ? JsonLines.Open(file, encoding.Encoding, encoding.Misread)
            : CsvTable.Open(file, encoding.Encoding, CsvForm.Of(options, HeaderNames.All(options)) with { Misread = encoding.Misread });
    }
}
