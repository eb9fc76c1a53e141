using System.Globalization;
using Crm.Errors.V1;
using Crm.Tags.V1;
using Grpc.Core;

namespace TagSegments.Tags.Tagging.Usages;

/// <summary>Finds the usages of tags.</summary>
internal sealed class TagUsages(TagUsers users)
{
    /// <summary>Finds the users of a tag.</summary>
    public async Task<List<TagUsage>> FindAsync(string account, int tagId, CancellationToken ct)
    {
        var workflows = await users.WorkflowsAsync(account, tagId, ct);
        return
        [
            .. (await OthersAsync(account, ct))[tagId],
            .. workflows.Select(workflow => Usage("workflow", workflow.WorkflowId, workflow.Name)),
        ];
    }

    /// <summary>Finds the users of every tag.</summary>
    public async Task<ILookup<int, TagUsage>> FindAllAsync(string account, CancellationToken ct)
    {
        var usages = (await OthersAsync(account, ct)).SelectMany(users => users.Select(usage => (TagId: users.Key, usage))).ToList();
        foreach (var workflow in await users.WorkflowsAsync(account, 0, ct))
        {
            var usage = Usage("workflow", workflow.WorkflowId, workflow.Name);
            var draft = await users.WorkflowAsync(account, workflow.WorkflowId, 0, ct);
            var tagIds = TagReferences.In(draft.Definition);
            if (workflow.PublishedVersion > 0)
            {
                var published = await users.WorkflowAsync(account, workflow.WorkflowId, workflow.PublishedVersion, ct);
                tagIds = tagIds.Concat(TagReferences.In(published.Definition));
            }

            usages.AddRange(tagIds.Distinct().Select(tagId => (tagId, usage)));
        }

        return usages.ToLookup(entry => entry.TagId, entry => entry.usage);
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

    private async Task<ILookup<int, TagUsage>> OthersAsync(string account, CancellationToken ct)
    {
        var segments = await users.SegmentsAsync(account, ct);
        var lists = await users.SmartListsAsync(account, ct);
        var campaigns = await users.CampaignsAsync(account, ct);
        return segments
            .SelectMany(segment => Uses(segment.Filter, Usage("segment", segment.SegmentId, segment.Name)))
            .Concat(lists.SelectMany(list => Uses(list, Usage("smart_list", list.SmartListId, list.Name))))
            .Concat(campaigns.SelectMany(campaign => Uses(campaign, Usage("campaign", campaign.CampaignId, campaign.Name))))
            .ToLookup(use => use.TagId, use => use.Usage);
    }

    private static IEnumerable<(int TagId, TagUsage Usage)> Uses(Google.Protobuf.IMessage? message, TagUsage usage) =>
        TagReferences.In(message).Distinct().Select(tagId => (tagId, usage));

    private static TagUsage Usage(string resource, string id, string name) => new() { Resource = resource, Id = id, Name = name };
}
