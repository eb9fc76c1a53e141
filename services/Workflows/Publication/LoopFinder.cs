using Crm.Workflows.V1;
using TagSegments.Workflows.Definitions;
using TagSegments.Workflows.Enrolment;

namespace TagSegments.Workflows.Publication;

/// <summary>Prepares searches for loops: reads what they need from other services, before anything is locked.</summary>
internal sealed class LoopFinder(WorkflowStore workflows, SegmentFilters segments, Feeds feeds)
{
    /// <summary>Prepares a search among the published workflows of the account and one more.</summary>
    public async Task<LoopSearch> PrepareAsync(AccountInfo account, Workflow workflow, CancellationToken ct)
    {
        List<Workflow> all = [.. await workflows.PublishedAsync(account.Id, ct), workflow];
        var tagIds = all.SelectMany(w => w.Definition.Nodes)
            .Select(node => node.AddTag?.TagId ?? node.RemoveTag?.TagId ?? 0)
            .Where(tagId => tagId > 0)
            .Distinct();
        return new LoopSearch(await segments.OfTriggersAsync(account, all, ct), await feeds.TagNamesAsync(account.Name, tagIds, ct));
    }

    /// <summary>Finds the loops that would arise if a workflow were published in place of its present version.</summary>
    public async Task<IReadOnlyList<string>> FindAsync(AccountInfo account, Workflow workflow, CancellationToken ct)
    {
        var search = await PrepareAsync(account, workflow, ct);
        var published = await workflows.PublishedAsync(account.Id, ct);
        var asIs = workflow.Clone();
        asIs.WorkflowId = published.FirstOrDefault(other => other.Name == workflow.Name)?.WorkflowId ?? "";
        return search.Find([.. published.Where(other => other.WorkflowId != asIs.WorkflowId)], asIs, ct);
    }
}
