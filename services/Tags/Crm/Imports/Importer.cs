using Crm.Contacts.V1;
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

    /// <summary>Imports a file of an account for a principal, and reports the plan, progress and bad rows to the call.</summary>
    public async Task<ImportSummary> RunAsync(AccountInfo account, string principal, ImportOptions options, UploadedFile file, ImportCall call)
    {
        var ct = call.Token;
        var encoding = FileEncoding.Of(file, options.Encoding);
        var table = Open(file, options, encoding);
        options = PresetOptions.Apply(options, table);
        var summary = new ImportSummary { ImportId = Guid.CreateVersion7(tools.Time.GetUtcNow()).ToString() };
        var cause = new ChangeCause(CauseKind.Import, principal, summary.ImportId, options.FileName, SkipWorkflows: options.SkipWorkflows);
        var settings = ImportSettings.Read(options, account, cause, table);
        var look = new FileLook(settings, new ImportFields(tools.Database, fieldStore, settings));
        summary.Rows = await look.RunAsync(table, ct);
        summary.Notices.Add(look.Notices());
        summary.Notices.Add(encoding.Notices);

        var fields = await look.Fields.PlanAsync(ct);
        var plan = look.ToPlan(table, options, fields, summary.Rows);
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
            || (options.Format == ImportOptions.Types.Format.Unspecified && JsonLines.Looks(file, encoding.Encoding));
        return isJson ? JsonLines.Open(file, encoding.Encoding) : CsvTable.Open(file, encoding.Encoding, CsvForm.Of(options));
    }
}
