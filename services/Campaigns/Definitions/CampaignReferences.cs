using Crm.Campaigns.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Grpc.Core;

namespace TagSegments.Campaigns.Definitions;

/// <summary>
/// Turns the names and texts by which a campaign refers to segments, smart lists and tags into ids and trees, which survive renaming.
/// </summary>
internal sealed class CampaignReferences(
    SegmentService.SegmentServiceClient segments, SmartListService.SmartListServiceClient smartLists, TagService.TagServiceClient tags,
    ILogger<CampaignReferences> logger)
{
    /// <summary>
    /// Resolves references in place; throws the errors of the other services about references that they cannot read. Names of tags that do not
    /// exist stay: the tags are created when the campaign is written.
    /// </summary>
    public async Task ResolveAsync(AccountInfo account, Campaign campaign, CancellationToken ct)
    {
        await ResolveAsync(account, campaign.Audience.Include, "campaign.audience.include", ct);
        await ResolveAsync(account, campaign.Audience.Exclude, "campaign.audience.exclude", ct);
        foreach (var tagId in campaign.RecipientTagIds)
        {
            await tags.GetTagAsync(new() { Account = account.Name, TagId = tagId }, cancellationToken: ct);
        }

        var missing = new List<string>();
        foreach (var name in campaign.RecipientTagNames.Distinct())
        {
            if (await FindTagAsync(account, name, ct) is { } tagId)
            {
                campaign.RecipientTagIds.Add(tagId);
            }
            else
            {
                missing.Add(name);
            }
        }

        Replace(campaign.RecipientTagNames, missing);
        Replace(campaign.RecipientTagIds, [.. campaign.RecipientTagIds.Distinct()]);
    }

    /// <summary>Gets the ids of tags and creates the ones that are missing; adds what it creates to <paramref name="created"/>.</summary>
    public async Task<List<int>> EnsureTagsAsync(AccountInfo account, IEnumerable<string> names, ICollection<int> created, CancellationToken ct)
    {
        var tagIds = new List<int>();
        foreach (var name in names)
        {
            try
            {
                var request = new CreateTagRequest { Account = account.Name, Tag = new Tag { Name = name } };
                tagIds.Add((await tags.CreateTagAsync(request, cancellationToken: ct)).Tag.TagId);
                created.Add(tagIds[^1]);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.AlreadyExists)
            {
                // Another call created it in the meantime.
                tagIds.Add((await tags.GetTagAsync(new() { Account = account.Name, Name = name }, cancellationToken: ct)).Tag.TagId);
            }
        }

        return tagIds;
    }

    /// <summary>Deletes tags that were created for a campaign that could not be written. A tag that is used by now stays.</summary>
    public async Task DeleteTagsAsync(AccountInfo account, IEnumerable<int> tagIds)
    {
        foreach (var tagId in tagIds)
        {
            try
            {
                await tags.DeleteTagAsync(new() { Account = account.Name, TagId = tagId }, cancellationToken: CancellationToken.None);
            }
            catch (RpcException e)
            {
                logger.TagLeftBehind(e, tagId);
            }
        }
    }

    /// <summary>Throws FAILED_PRECONDITION with reason REFERENCE_MISSING if a segment of the audience is invalid.</summary>
    public async Task RequireValidAsync(AccountInfo account, Audience audience, CancellationToken ct)
    {
        foreach (var source in audience.Include.Concat(audience.Exclude))
        {
            await segments.ParseFilterAsync(new() { Account = account.Name, Source = source }, cancellationToken: ct);
        }
    }

    /// <summary>The saved segments to which an audience refers directly.</summary>
    public static Guid[] SegmentIds(Audience audience) =>
    [
        .. audience.Include.Concat(audience.Exclude)
            .Where(source => source.SourceCase == FilterSource.SourceOneofCase.SegmentId)
            .Select(source => Guid.Parse(source.SegmentId))
            .Distinct(),
    ];

    private async Task ResolveAsync(AccountInfo account, IList<FilterSource> sources, string path, CancellationToken ct)
    {
        for (var i = 0; i < sources.Count; i++)
        {
            sources[i] = await ResolveAsync(account, sources[i], $"{path}[{i}]", ct);
        }
    }

    private async Task<FilterSource> ResolveAsync(AccountInfo account, FilterSource source, string path, CancellationToken ct)
    {
        switch (source.SourceCase)
        {
            case FilterSource.SourceOneofCase.None:
                throw RpcErrors.InvalidField(path, "is empty: name a segment or give a filter");
            case FilterSource.SourceOneofCase.SegmentId:
                var byId = await segments.GetSegmentAsync(
                    new() { Account = account.Name, SegmentId = source.SegmentId }, cancellationToken: ct);
                return new FilterSource { SegmentId = byId.Segment.SegmentId };
            case FilterSource.SourceOneofCase.SegmentName:
                var byName = await segments.GetSegmentAsync(new() { Account = account.Name, Name = source.SegmentName }, cancellationToken: ct);
                return new FilterSource { SegmentId = byName.Segment.SegmentId };
            case FilterSource.SourceOneofCase.SmartListId:
                var listById = await smartLists.GetSmartListAsync(
                    new() { Account = account.Name, SmartListId = source.SmartListId }, cancellationToken: ct);
                return new FilterSource { SmartListId = listById.SmartList.SmartListId };
            case FilterSource.SourceOneofCase.SmartListName:
                var listByName = await smartLists.GetSmartListAsync(
                    new() { Account = account.Name, Name = source.SmartListName }, cancellationToken: ct);
                return new FilterSource { SmartListId = listByName.SmartList.SmartListId };
            default:
                var parsed = await segments.ParseFilterAsync(new() { Account = account.Name, Source = source }, cancellationToken: ct);
                return new FilterSource { Filter = parsed.Filter };
        }
    }

    private async Task<int?> FindTagAsync(AccountInfo account, string name, CancellationToken ct)
    {
        try
        {
            return (await tags.GetTagAsync(new() { Account = account.Name, Name = name }, cancellationToken: ct)).Tag.TagId;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
    }

    private static void Replace<T>(ICollection<T> field, List<T> values)
    {
        field.Clear();
        values.ForEach(field.Add);
    }
}
