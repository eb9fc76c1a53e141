using Crm.Campaigns.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults;

namespace TagSegments.Campaigns.Definitions;

/// <summary>
/// Turns the names and texts by which a campaign refers to segments, smart lists and tags into ids and trees, which survive renaming.
/// </summary>
internal sealed class References(
    SegmentService.SegmentServiceClient segments, SmartListService.SmartListServiceClient smartLists, TagService.TagServiceClient tags)
{
    /// <summary>Resolves in place; throws what the other services say about references that they cannot read.</summary>
    public async Task ResolveAsync(AccountInfo account, Campaign campaign, CancellationToken ct)
    {
        await ResolveAsync(account, campaign.Audience.Include, "campaign.audience.include", ct);
        await ResolveAsync(account, campaign.Audience.Exclude, "campaign.audience.exclude", ct);
        foreach (var name in campaign.RecipientTagNames)
        {
            campaign.RecipientTagIds.Add(await TagIdAsync(account, name, ct));
        }

        campaign.RecipientTagNames.Clear();
        foreach (var tagId in campaign.RecipientTagIds)
        {
            await tags.GetTagAsync(new() { Account = account.Name, TagId = tagId }, cancellationToken: ct);
        }

        var distinct = campaign.RecipientTagIds.Distinct().ToList();
        campaign.RecipientTagIds.Clear();
        campaign.RecipientTagIds.Add(distinct);
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

    private async Task<int> TagIdAsync(AccountInfo account, string name, CancellationToken ct)
    {
        try
        {
            return (await tags.GetTagAsync(new() { Account = account.Name, Name = name }, cancellationToken: ct)).Tag.TagId;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return await CreateTagAsync(account, name, ct);
        }
    }

    private async Task<int> CreateTagAsync(AccountInfo account, string name, CancellationToken ct)
    {
        try
        {
            var request = new CreateTagRequest { Account = account.Name, Tag = new Tag { Name = name } };
            return (await tags.CreateTagAsync(request, cancellationToken: ct)).Tag.TagId;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.AlreadyExists)
        {
            // Somebody else created it in the meantime.
            return (await tags.GetTagAsync(new() { Account = account.Name, Name = name }, cancellationToken: ct)).Tag.TagId;
        }
    }
}
