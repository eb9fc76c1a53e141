using System.Globalization;
using System.Runtime.CompilerServices;
using Crm.Errors.V1;
using Crm.Tags.V1;
using Crm.Workflows.V1;
using Grpc.Core;

namespace TagSegments.Tags.Tagging.Usages;

/// <summary>Finds the usages of tags.</summary>
internal sealed class TagUsages(TagUsers users)
{
    /// <summary>Finds the users of a tag.</summary>
    public async Task<List<TagUsage>> FindAsync(string account, int tagId, CancellationToken ct)
    {
        var usages = new List<TagUsage>();
        await foreach (var (usage, tagIds) in OthersAsync(account, ct))
        {
            if (tagIds.Contains(tagId))
            {
                usages.Add(usage);
            }
        }

        await foreach (var workflow in users.WorkflowsAsync(account, tagId, ct))
        {
            usages.Add(Usage("workflow", workflow.WorkflowId, workflow.Name));
        }

        return usages;
    }

    /// <summary>Finds the first users of every tag.</summary>
    public async Task<FirstUsages> FindAllAsync(string account, CancellationToken ct)
    {
        var usages = new FirstUsages();
        await foreach (var (usage, tagIds) in OthersAsync(account, ct))
        {
            usages.Add(tagIds, usage);
        }

        await foreach (var workflow in users.WorkflowsAsync(account, 0, ct))
        {
            usages.Add(await TagsOfAsync(account, workflow, ct), Usage("workflow", workflow.WorkflowId, workflow.Name));
        }

        return usages;
    }

    /// <summary>Throws FAILED_PRECONDITION with reason IN_USE if anything uses the tag.</summary>
    public async Task RequireUnusedAsync(string account, int tagId, CancellationToken ct)
    {
        var usages = await FindAsync(account, tagId, ct);
        if (usages.Count > 0)
        {
            var names = string.Join(", ", usages.Select(usage => $"{usage.Resource}:{usage.Name}"));
            throw RpcErrors.Create(
                StatusCode.FailedPrecondition,
                ErrorReason.InUse,
                $"The tag is in use ({names}). Send force to do it all the same.",
                ("resource", "tag"),
                ("id", tagId.ToString(CultureInfo.InvariantCulture)),
                ("used_by", names));
        }
    }

    // The list has no definitions.
    private async Task<HashSet<int>> TagsOfAsync(string account, Workflow workflow, CancellationToken ct)
    {
        var tagIds = TagReferences.In((await users.WorkflowAsync(account, workflow.WorkflowId, 0, ct)).Definition).ToHashSet();
        if (workflow.PublishedVersion > 0)
        {
            tagIds.UnionWith(TagReferences.In((await users.WorkflowAsync(account, workflow.WorkflowId, workflow.PublishedVersion, ct)).Definition));
        }

        return tagIds;
    }

    private async IAsyncEnumerable<(TagUsage Usage, HashSet<int> TagIds)> OthersAsync(string account, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var segment in users.SegmentsAsync(account, ct))
        {
            yield return (Usage("segment", segment.SegmentId, segment.Name), [.. TagReferences.In(segment.Filter)]);
        }

        await foreach (var list in users.SmartListsAsync(account, ct))
        {
            yield return (Usage("smart_list", list.SmartListId, list.Name), [.. TagReferences.In(list)]);
        }

        await foreach (var campaign in users.CampaignsAsync(account, ct))
        {
            yield return (Usage("campaign", campaign.CampaignId, campaign.Name), [.. TagReferences.In(campaign)]);
        }
    }

    private static TagUsage Usage(string resource, string id, string name) => new() { Resource = resource, Id = id, Name = name };
}
