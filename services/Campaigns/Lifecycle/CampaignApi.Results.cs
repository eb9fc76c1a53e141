using System.Globalization;
using Crm.Campaigns.V1;
using Grpc.Core;
using TagSegments.Campaigns.Definitions;
using TagSegments.Campaigns.Reports;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Campaigns.Lifecycle;

// This part reports the results of campaigns.
internal sealed partial class CampaignApi
{
    public override async Task WatchCampaign(
        WatchCampaignRequest request, IServerStreamWriter<WatchCampaignResponse> responseStream, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await tools.Accounts.GetAsync(request.Account, ct);
        var row = await campaigns.GetAsync(account.Id, request.CampaignId, "", ct);
        await foreach (var campaign in reports.Watch.WatchAsync(account.Id, row.CampaignId, ct))
        {
            await responseStream.WriteAsync(new WatchCampaignResponse { Campaign = campaign }, ct);
        }
    }

    public override async Task<GetCampaignStatisticsResponse> GetCampaignStatistics(
        GetCampaignStatisticsRequest request, ServerCallContext context)
    {
        var account = await tools.Accounts.GetAsync(request.Account, context.CancellationToken);
        var row = await campaigns.GetAsync(account.Id, request.CampaignId, "", context.CancellationToken);
        using var turn = await reports.Turns.EnterAsync(account, context.CancellationToken);
        return await reports.Results.StatisticsAsync(row, context.CancellationToken);
    }

    public override async Task<ListRecipientsResponse> ListRecipients(ListRecipientsRequest request, ServerCallContext context)
    {
        var account = await tools.Accounts.GetAsync(request.Account, context.CancellationToken);
        var (size, skip) = (PageSize.Read(request.PageSize, max: 10_000), PageSize.ReadSkip(request.Skip));
        var row = await campaigns.GetAsync(account.Id, request.CampaignId, "", context.CancellationToken);
        new FieldChecks()
            .Require(request.ContactIds.Count <= 1_000, "contact_ids", "has more than 1,000 entries")
            .ThrowIfAny();
        var after = int.Parse(tools.Pages.Read(request) ?? "0", CultureInfo.InvariantCulture);
        var filter = new RecipientFilter(
            [.. request.States.Select(state => (short)state)], [.. request.Reasons.Select(reason => (short)reason)], [.. request.ContactIds]);
        using var turn = await reports.Turns.EnterAsync(account, context.CancellationToken);
        var found = await reports.Results.RecipientsAsync(row, filter, after, skip, size + 1, context.CancellationToken);
        var response = new ListRecipientsResponse
        {
            Recipients = { found.Take(size) },
            Total = request.ShowTotal ? await reports.Results.CountAsync(row, filter, context.CancellationToken) : 0,
        };
        if (found.Count > size)
        {
            response.NextPageToken = tools.Pages.Create(
                request, response.Recipients[^1].ContactId.ToString(CultureInfo.InvariantCulture));
        }

        return response;
    }

    public override async Task<ExplainRecipientResponse> ExplainRecipient(ExplainRecipientRequest request, ServerCallContext context)
    {
        var account = await tools.Accounts.GetAsync(request.Account, context.CancellationToken);
        new FieldChecks()
            .Require(request.ContactId > 0, "contact_id", "is required")
            .ThrowIfAny();
        var row = await campaigns.GetAsync(account.Id, request.CampaignId, "", context.CancellationToken);
        return row.EvaluatedAt is null
            ? throw CampaignStore.WrongState(row)
            : await reports.Proof.ExplainAsync(account, row, request.ContactId, context.CancellationToken);
    }
}
