using System.Globalization;
using Crm.Campaigns.V1;
using Grpc.Core;
using TagSegments.Campaigns.Definitions;
using TagSegments.Campaigns.Ledger;
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
        await foreach (var campaign in reports.Watch.WatchAsync(row, ct))
        {
            await responseStream.WriteAsync(new WatchCampaignResponse { Campaign = campaign }, ct);
        }
    }

    public override async Task<GetCampaignStatisticsResponse> GetCampaignStatistics(
        GetCampaignStatisticsRequest request, ServerCallContext context)
    {
        var account = await tools.Accounts.GetAsync(request.Account, context.CancellationToken);
        var row = await campaigns.GetAsync(account.Id, request.CampaignId, "", context.CancellationToken);
        return await reports.Results.StatisticsAsync(row, context.CancellationToken);
    }

    public override async Task<ListRecipientsResponse> ListRecipients(ListRecipientsRequest request, ServerCallContext context)
    {
        var account = await tools.Accounts.GetAsync(request.Account, context.CancellationToken);
        var size = PageSize.Read(request.PageSize, max: 10_000);
        var row = await campaigns.GetAsync(account.Id, request.CampaignId, "", context.CancellationToken);
        new FieldChecks()
            .Require(request.ContactIds.Count <= 1_000, "contact_ids", "has more than 1,000 entries")
            .ThrowIfAny();
        var after = int.Parse(tools.Pages.Read(request) ?? "0", CultureInfo.InvariantCulture);
        var found = await reports.Results.RecipientsAsync(
            row, [.. request.States.Select(s => (short)s)], [.. request.ContactIds], after, size + 1, context.CancellationToken);
        var response = new ListRecipientsResponse { Recipients = { found.Take(size) } };
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

    public override async Task<ResendUnknownResponse> ResendUnknown(ResendUnknownRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await tools.Accounts.GetAsync(request.Account, ct);
        new FieldChecks()
            .Require(request.ContactIds.Count <= 1_000, "contact_ids", "has more than 1,000 entries")
            .Require(request.All != request.ContactIds.Count > 0, "contact_ids", "is required, or all instead")
            .ThrowIfAny();
        var response = await tools.Writes.RunAsync(account, context, request, async tx =>
        {
            var row = await CampaignStore.LockAsync(tx, account.Id, request.CampaignId, 0, [State.Sending, State.Paused, State.Sent], ct);
            row = row.EvaluatedAt is null ? throw CampaignStore.WrongState(row) : row;
            var resent = await CampaignLedger.ResendAsync(tx, account.Id, row.CampaignId, request.All ? null : [.. request.ContactIds], ct);
            var checks = new FieldChecks();
            for (var i = 0; i < request.ContactIds.Count; i++)
            {
                checks.Require(resent.Contains(request.ContactIds[i]), $"contact_ids[{i}]", "is not a recipient with an unknown outcome, or other messages of its batch are being sent");
            }

            checks.ThrowIfAny();
            var goesOn = resent.Count > 0 && (State)row.State == State.Sent;
            row = goesOn ? await CampaignStore.SetStateAsync(tx, row, State.Sending, ct) : row;
            return new ResendUnknownResponse { Campaign = row.ToCampaign(), Resent = resent.Count };
        });
        scheduler.WakeSenders();
        return response;
    }
}
