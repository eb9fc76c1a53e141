using Crm.Campaigns.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Google.Protobuf;
using TagSegments.Campaigns.Definitions;

namespace TagSegments.Campaigns.Reports;

/// <summary>Finds the groups of contacts that a request names, or the default ones if it names none.</summary>
internal sealed class ContactGroups(
    TagService.TagServiceClient tags, SegmentService.SegmentServiceClient segments, SmartListService.SmartListServiceClient smartLists)
{
    private const int DefaultTags = 20;

    /// <summary>The groups of tags, by name; throws NOT_FOUND for a tag that does not exist.</summary>
    public async Task<IReadOnlyList<ContactGroup>> OfTagsAsync(AccountInfo account, TagGroups request, CancellationToken ct)
    {
        var found = new List<Tag>();
        foreach (var tagId in request.TagIds)
        {
            found.Add((await tags.GetTagAsync(new() { Account = account.Name, TagId = tagId }, cancellationToken: ct)).Tag);
        }

        foreach (var name in request.TagNames)
        {
            found.Add((await tags.GetTagAsync(new() { Account = account.Name, Name = name }, cancellationToken: ct)).Tag);
        }

        if (found.Count == 0)
        {
            var mostUsed = new ListTagsRequest { Account = account.Name, OrderBy = ListTagsRequest.Types.OrderBy.ContactCount, PageSize = DefaultTags };
            found.AddRange((await tags.ListTagsAsync(mostUsed, cancellationToken: ct)).Tags);
        }

        return [.. found.DistinctBy(tag => tag.TagId).OrderBy(tag => tag.Name, StringComparer.Ordinal).Select(OfTag)];
    }

    /// <summary>Gets the groups of segments in the order of the request; throws NOT_FOUND for a segment that does not exist.</summary>
    public async Task<IReadOnlyList<ContactGroup>> OfSegmentsAsync(AccountInfo account, SegmentGroups request, CancellationToken ct)
    {
        var groups = new List<ContactGroup>();
        foreach (var source in request.Sources)
        {
            groups.Add(new ContactGroup(await NameAsync(account, source, ct), 0, source, source));
        }

        return groups;
    }

    /// <summary>Gets the groups of the sources that a campaign includes, as evaluated.</summary>
    public async Task<IReadOnlyList<ContactGroup>> OfAudienceAsync(AccountInfo account, CampaignRow row, CancellationToken ct)
    {
        var campaign = row.ToCampaign();
        var evaluated = JsonParser.Default.Parse<Audience>(row.EvaluatedAudience ?? row.Audience);
        var groups = new List<ContactGroup>();
        foreach (var (source, members) in campaign.Audience.Include.Zip(evaluated.Include))
        {
            var version = campaign.SegmentVersions.FirstOrDefault(version => version.SegmentId == source.SegmentId);
            groups.Add(new ContactGroup(version?.Name ?? await NameAsync(account, members, ct), 0, source, members));
        }

        return groups;
    }

    private static ContactGroup OfTag(Tag tag)
    {
        var clause = new TagClause { Match = TagClause.Types.Match.Any, TagIds = { tag.TagId } };
        return new ContactGroup(tag.Name, tag.TagId, null, new FilterSource { Filter = new Filter { Tag = clause } });
    }

    private async Task<string> NameAsync(AccountInfo account, FilterSource source, CancellationToken ct) => source.SourceCase switch
    {
        FilterSource.SourceOneofCase.SegmentName => source.SegmentName,
        FilterSource.SourceOneofCase.SmartListName => source.SmartListName,
        FilterSource.SourceOneofCase.SegmentId =>
            (await segments.GetSegmentAsync(new() { Account = account.Name, SegmentId = source.SegmentId }, cancellationToken: ct)).Segment.Name,
        FilterSource.SourceOneofCase.SmartListId => (await smartLists.GetSmartListAsync(
            new() { Account = account.Name, SmartListId = source.SmartListId }, cancellationToken: ct)).SmartList.Name,
        _ => (await segments.ParseFilterAsync(new() { Account = account.Name, Source = source }, cancellationToken: ct)).Text,
    };
}
