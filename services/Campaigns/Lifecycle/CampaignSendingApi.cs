using Crm.Campaigns.V1;
using Crm.Errors.V1;
using Grpc.Core;
using Npgsql;
using TagSegments.Campaigns.AbTests;
using TagSegments.Campaigns.Definitions;
using TagSegments.Campaigns.Ledger;
using TagSegments.Campaigns.Senders;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Campaigns.Lifecycle;

/// <summary>The calls that send campaigns.</summary>
// The life of a campaign:
//   draft -> scheduled -> preparing -> sending -> sent
// with paused beside scheduled, preparing and sending, cancelled at the end of any of them, and failed, from which it can be scheduled again, if
// the audience cannot be evaluated.
internal sealed class CampaignSendingApi(
    CallTools tools, CampaignStore campaigns, CampaignReferences references, SenderRules senders, CampaignScheduler scheduler)
    : CampaignService.CampaignServiceBase
{
    public override async Task<ScheduleCampaignResponse> ScheduleCampaign(ScheduleCampaignRequest request, ServerCallContext context)
    {
        var account = await tools.Accounts.GetAsync(request.Account, context.CancellationToken);
        var schedule = ScheduleRules.Resolve(request.Schedule, account.TimeZone);
        await CheckSendableAsync(account, request.CampaignId, context.CancellationToken);
        return await tools.Writes.RunAsync(account, context, request, async tx => new ScheduleCampaignResponse
        {
            Campaign = await ScheduleAsync(tx, account, request.CampaignId, request.Version, schedule, context.CancellationToken),
        });
    }

    public override async Task<SendCampaignResponse> SendCampaign(SendCampaignRequest request, ServerCallContext context)
    {
        var account = await tools.Accounts.GetAsync(request.Account, context.CancellationToken);
        await CheckSendableAsync(account, request.CampaignId, context.CancellationToken);
        var response = await tools.Writes.RunAsync(account, context, request, async tx => new SendCampaignResponse
        {
            Campaign = await ScheduleAsync(tx, account, request.CampaignId, request.Version, schedule: null, context.CancellationToken),
        });
        scheduler.Wake();
        return response;
    }

    public override async Task<PauseCampaignResponse> PauseCampaign(PauseCampaignRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await tools.Accounts.GetAsync(request.Account, ct);
        return await tools.Writes.RunAsync(account, context, request, async tx =>
        {
            var row = await CampaignStore.LockAsync(
                tx, account.Id, request.CampaignId, 0, [State.Scheduled, State.Preparing, State.Sending], ct);
            return new PauseCampaignResponse { Campaign = (await CampaignStore.SetStateAsync(tx, row, State.Paused, ct)).ToCampaign() };
        });
    }

    public override async Task<ResumeCampaignResponse> ResumeCampaign(ResumeCampaignRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await tools.Accounts.GetAsync(request.Account, ct);
        var response = await tools.Writes.RunAsync(account, context, request, async tx =>
        {
            var row = await CampaignStore.LockAsync(tx, account.Id, request.CampaignId, 0, [State.Paused], ct);
            await CampaignLimits.RequireRoomAsync(tx, account, ct);
            await RequireSenderAsync(tx, row, ct);
            var resumed = row.EvaluatedAt is not null
                ? await CampaignStore.SetStateAsync(tx, row, State.Sending, ct)
                : await CampaignStore.ScheduleAsync(tx, row, Later(row.RunAt, await CampaignStore.NowAsync(tx, ct)), row.Schedule, ct);
            return new ResumeCampaignResponse { Campaign = resumed.ToCampaign() };
        });
        scheduler.WakeSenders();
        return response;
    }

    public override async Task<CancelCampaignResponse> CancelCampaign(CancelCampaignRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await tools.Accounts.GetAsync(request.Account, ct);
        return await tools.Writes.RunAsync(account, context, request, async tx =>
        {
            var row = await CampaignStore.LockAsync(
                tx, account.Id, request.CampaignId, 0, [State.Draft, State.Scheduled, State.Preparing, State.Sending, State.Paused], ct);
            await CampaignLedger.CancelAsync(tx, account.Id, row.CampaignId, ct);
            return new CancelCampaignResponse { Campaign = (await CampaignStore.SetStateAsync(tx, row, State.Cancelled, ct)).ToCampaign() };
        });
    }

    public override async Task<ChooseVariantResponse> ChooseVariant(ChooseVariantRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await tools.Accounts.GetAsync(request.Account, ct);
        return await tools.Writes.RunAsync(account, context, request, async tx =>
        {
            var row = await CampaignStore.LockAsync(tx, account.Id, request.CampaignId, 0, [State.Sending, State.Paused], ct);
            if (row is { AbTest: null } or { EvaluatedAt: null } or { AbWinner: not 0 } || row.ToAbTest()!.Percent == 100)
            {
                throw CampaignStore.WrongState(row);
            }

            var variant = Variants.Find(row.ToAbTest(), request.Variant);
            new FieldChecks()
                .Require(variant > 0, "variant", "is not a variant of the campaign")
                .ThrowIfAny();
            var decision = $"Chosen by {context.Principal()}.";
            await AbTestStore.ChooseAsync(tx, account.Id, row.CampaignId, variant, decision, ct);
            row = await CampaignStore.LockAsync(tx, account.Id, request.CampaignId, 0, [State.Sending, State.Paused], ct);
            return new ChooseVariantResponse { Campaign = row.ToCampaign() };
        });
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

    private async Task CheckSendableAsync(AccountInfo account, string campaignId, CancellationToken ct)
    {
        var campaign = (await campaigns.GetAsync(account.Id, campaignId, "", ct)).ToCampaign();
        CampaignRules.CheckSendable(campaign);
        await references.ResolveAsync(account, campaign, ct);
        await references.RequireValidAsync(account, campaign.Audience, ct);
    }

    // Sending now is a schedule of now: the replica that sees it first takes it, as with every schedule.
    private async Task<Campaign> ScheduleAsync(
        NpgsqlTransaction tx, AccountInfo account, string campaignId, int version, Schedule? schedule, CancellationToken ct)
    {
        var row = await CampaignStore.LockAsync(tx, account.Id, campaignId, version, CampaignApi.Editable, ct);
        Spans.LinkTo(row.CampaignId);
        await RequireSenderAsync(tx, row, ct);
        if ((State)row.State != State.Scheduled)
        {
            await CampaignLimits.RequireRoomAsync(tx, account, ct);
        }

        var now = await CampaignStore.NowAsync(tx, ct);
        var runAt = schedule?.RunTime.ToDateTime() ?? now;
        if (runAt < now)
        {
            throw RpcErrors.InvalidFields(
                ErrorReason.ScheduleInPast, $"The schedule lies in the past: {runAt:O}.", [("schedule", "lies in the past")]);
        }

        var text = schedule is null ? null : CampaignStore.ToJson(schedule);
        return (await CampaignStore.ScheduleAsync(tx, row, runAt, text, ct)).ToCampaign();
    }

    private Task RequireSenderAsync(NpgsqlTransaction tx, CampaignRow row, CancellationToken ct)
    {
        var campaign = row.ToCampaign();
        return senders.RequireAsync(tx.Connection!, row.AccountId, campaign.Channel, campaign.Message, "campaign.message", ct);
    }

    private static DateTime Later(DateTime? a, DateTime b) => a > b ? a.Value : b;
}
