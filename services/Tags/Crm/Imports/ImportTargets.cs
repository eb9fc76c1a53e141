using Crm.Contacts.V1;
using Crm.Tags.V1;
using Npgsql;
using TagSegments.ServiceDefaults;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Opportunities;
using TagSegments.Tags.Tagging.Governance;
using TagSegments.Tags.Tagging.Library;
using Status = Crm.Contacts.V1.Opportunity.Types.Status;

namespace TagSegments.Tags.Crm.Imports;

/// <summary>Makes what takes the rows of an import.</summary>
internal sealed class ImportTargets(NpgsqlDataSource database, TagStore tags, TagGuard guard, TimeProvider time)
{
    private const int MaxNamesChecked = 100;
    private readonly FieldStore _fields = new(database);

    /// <summary>What finds and creates the custom fields of an import.</summary>
    public ImportFields Fields(ImportSettings settings) => new(database, _fields, settings);

    /// <summary>What takes rows as contacts.</summary>
    public async Task<ContactImport> ContactsAsync(ImportSettings settings, Dictionary<ImportColumn, Field> columns, CancellationToken ct)
    {
        var importTags = new ImportTags(database, tags, settings, await guard.NewNamesAsync(settings.Account, ct));
        return new ContactImport(database, settings, new ContactRows(settings, columns, importTags), importTags, time);
    }

    /// <summary>Tells what about the names of the tags created deserves a look.</summary>
    public Task<List<TagFinding>> FindingsAsync(ImportSettings settings, ImportSummary summary, CancellationToken ct) =>
        guard.FindAsync(settings.Account, summary.TagsCreated.Take(MaxNamesChecked), ct);

    /// <summary>What takes rows as opportunities.</summary>
    public OpportunityImport Opportunities(ImportSettings settings, Dictionary<ImportColumn, Field> columns, ImportStages stages) =>
        new(database, settings, new OpportunityRows(settings, columns, stages), time);

    /// <summary>Creates the pipeline and the stages that the file names.</summary>
    public Task<ImportStages> StagesAsync(ImportSettings settings, CsvTable table, CancellationToken ct)
    {
        var names = StageNames(table, settings.Find(ImportSettings.StageTarget)!);
        return ImportStages.EnsureAsync(database, settings.Account.Id, settings.Pipeline, names, ct);
    }

    // In order of appearance, what ends a sale behind what does not: that is the best guess at the order of the process.
    private static string[] StageNames(CsvTable table, ImportColumn stage) =>
    [
        .. table.Read()
            .Where(row => row.Problem is null)
            .Select(stage.Read)
            .OfType<string>()
            .Where(ImportStages.IsName)
            .Distinct(StringComparer.Ordinal)
            .OrderBy(name => OpportunityRows.StatusOf(name) != Status.Open),
    ];
}
