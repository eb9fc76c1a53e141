using Crm.Contacts.V1;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Contacts;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports.Columns;
using TagSegments.Tags.Crm.Imports.Consents;
using TagSegments.Tags.Crm.Imports.Contacts;
using TagSegments.Tags.Crm.Imports.Fields;
using TagSegments.Tags.Crm.Imports.Files;
using TagSegments.Tags.Crm.Imports.Opportunities;
using TagSegments.Tags.Tagging.Library;
using TagSegments.Tags.Tagging.Naming;
using CauseKind = Crm.Common.V1.Cause.Types.Kind;

namespace TagSegments.Tags.Crm.Imports;

/// <summary>Looks through an uploaded file, then writes it batch by batch.</summary>
internal sealed class Importer(ImportTools tools, FieldStore fieldStore, TagStore tags, NameGuard names, BackgroundTurns turns)
{
    private const int MaxNamesChecked = 100;

    /// <summary>Imports a file of an account for a principal, and reports progress and bad rows to the call.</summary>
    public async Task<ImportSummary> RunAsync(AccountInfo account, string principal, ImportOptions options, UploadedFile file, ImportCall call)
    {
        var ct = call.Token;
        var (database, refusals, time) = tools;
        var table = Open(file, options);
        var summary = new ImportSummary { ImportId = Guid.CreateVersion7(time.GetUtcNow()).ToString() };
        var cause = new ChangeCause(CauseKind.Import, principal, summary.ImportId, options.FileName, SkipWorkflows: options.SkipWorkflows);
        var settings = ImportSettings.Read(options, account, cause, table);
        var fields = new ImportFields(database, fieldStore, settings);
        var stages = new StageNames(settings);

        var guess = new SubscriptionGuess(settings);
        var unnamed = new UnnamedColumns(settings.Columns);
        summary.Rows = await fields.AnalyseAsync(table, Look, ct);
        summary.Notices.Add(unnamed.Notices().Concat(guess.Notices()));
        var run = new ImportRun(table, settings.DropsBadValues, summary, call, write => turns.RunAsync(account, write, ct));
        if (settings.Target == Field.Types.Target.Opportunity)
        {
            var pipeline = await ImportStages.EnsureAsync(database, account.Id, settings.Pipeline, stages.InOrder(), ct);
            var rows = new OpportunityRows(settings, await fields.EnsureAsync(summary.FieldsCreated, ct), pipeline);
            await run.RunAsync(new OpportunityImport(database, settings, rows, time));
        }
        else
        {
            var importTags = new ImportTags(database, tags, settings, await names.NewNamesAsync(account, ct));
            var rows = new ContactRows(
                settings, await fields.EnsureAsync(summary.FieldsCreated, ct), new ConsentReader(settings, guess.Columns, time), importTags);
            await run.RunAsync(new ContactImport(database, settings, rows, importTags, refusals, time));
            summary.TagFindings.Add(await names.FindAsync(account, summary.TagsCreated.Take(MaxNamesChecked), ct));
        }

        return summary;

        void Look(CsvRow row)
        {
            stages.Add(row);
            guess.Add(row);
            unnamed.Add(row);
        }
    }

    private static CsvTable Open(UploadedFile file, ImportOptions options)
    {
        if (options.Encoding == "utf-8" && !file.IsUtf8())
        {
            throw RpcErrors.InvalidField("options.encoding", "the file is not UTF-8");
        }

        return CsvTable.Open(file, file.DetectEncoding(options.Encoding), options.Delimiter.Length > 0 ? options.Delimiter[0] : null, options.Raw);
    }
}

/// <summary>What imports of every kind write with.</summary>
internal sealed record ImportTools(AccountDatabase Database, KeptRefusals Refusals, TimeProvider Time);
