using Crm.Campaigns.V1;
using Grpc.Core;
using TagSegments.Campaigns.Definitions;

namespace TagSegments.Campaigns.Lifecycle;

// Results by tag and by segment.
internal sealed partial class CampaignApi
{
    private const int MaxCampaigns = 50;
    private const int MaxTags = 50;
    private const int MaxSegments = 20;

    public override async Task<BreakDownResultsResponse> BreakDownResults(BreakDownResultsRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await tools.Accounts.GetAsync(request.Account, ct);
        var ofAudience = request.Segments is { Sources.Count: 0 };
        new FieldChecks()
            .Require(request.ByCase != BreakDownResultsRequest.ByOneofCase.None, "by", "is required: tags or segments")
            .Require(request.CampaignIds.Count <= MaxCampaigns, "campaign_ids", $"has more than {MaxCampaigns} entries")
            .Require(request.Tags is null || request.Tags.TagIds.Count + request.Tags.TagNames.Count <= MaxTags, "tags", $"has more than {MaxTags} entries")
            .Require(request.Segments is null || request.Segments.Sources.Count <= MaxSegments, "segments.sources", $"has more than {MaxSegments} entries")
            .Require(
                !ofAudience || request.CampaignIds.Count == 1, "segments.sources", "is required unless exactly one campaign is named")
            .ThrowIfAny();
        var rows = await CampaignsAsync(account, request, ct);
        using var turn = await reports.Turns.EnterAsync(account, ct);
        return await reports.Breakdown.BreakDownAsync(account, rows, request, ct);
    }

    private async Task<IReadOnlyList<CampaignRow>> CampaignsAsync(AccountInfo account, BreakDownResultsRequest request, CancellationToken ct)
    {
        if (request.CampaignIds.Count == 0)
        {
            return await campaigns.EvaluatedAsync(account.Id, MaxCampaigns, ct);
        }

        var rows = new List<CampaignRow>();
        foreach (var id in request.CampaignIds.Distinct())
        {
            var row = await campaigns.GetAsync(account.Id, id, "", ct);
            rows.Add(row.EvaluatedAt is null ? throw CampaignStore.WrongState(row) : row);
        }

        return [.. rows.OrderByDescending(row => row.EvaluatedAt)];
    }
}
