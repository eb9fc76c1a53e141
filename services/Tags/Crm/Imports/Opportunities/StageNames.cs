using TagSegments.Tags.Crm.Imports.Columns;
using TagSegments.Tags.Crm.Imports.Files;
using TagSegments.Tags.Crm.Opportunities;
using Status = Crm.Contacts.V1.Opportunity.Types.Status;

namespace TagSegments.Tags.Crm.Imports.Opportunities;

/// <summary>Collects the stages that a file of opportunities names while it is looked through; a file of contacts names none.</summary>
internal sealed class StageNames(ImportSettings settings)
{
    private readonly ImportColumn? _stage = settings.Find(ImportSettings.StageTarget);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    /// <summary>Notes the stage of a row.</summary>
    public void Add(CsvRow row)
    {
        if (_stage?.Read(row) is { } name && ImportStages.IsName(name) && _seen.Add(name))
        {
            _names.Add(name);
            if (_names.Count > PipelineChecklist.MaxStages)
            {
                throw RpcErrors.InvalidField(
                    "options.stage_column", $"the column names more than {PipelineChecklist.MaxStages} stages; the next is in line {row.Line}");
            }
        }
    }

    /// <summary>
    /// Returns the names as they appeared in the file, names that end a sale after the others: the best guess at the order of the process.
    /// </summary>
    public string[] InOrder() => [.. _names.OrderBy(name => OpportunityRows.StatusOf(name) != Status.Open)];
}
