using Crm.Campaigns.V1;
using Grpc.Core;
using Npgsql;
using TagSegments.Campaigns.Definitions;
using TagSegments.Campaigns.Lanes;
using TagSegments.Campaigns.Messages;
using TagSegments.Campaigns.Schema;
using TagSegments.Campaigns.Senders;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Campaigns.Team;

/// <summary>The call that sends a campaign's message to team addresses: through the ledger and the suppression list, as every message.</summary>
internal sealed class TestMessageApi(
    CallTools tools, CampaignStore campaigns, MessagePreview preview, SenderRules senders, MessageStore messages, MessagePump pump)
    : CampaignService.CampaignServiceBase
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);

    public override async Task<SendTestMessageResponse> SendTestMessage(SendTestMessageRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await tools.Accounts.GetAsync(request.Account, ct);
        var campaign = (await campaigns.GetAsync(account.Id, request.CampaignId, "", ct)).ToCampaign();
        Check(request, campaign);
        // Templates that fail for the contact fail here and not on their way.
        var tested = await preview.ForTestAsync(account, campaign, request.ContactId, request.Variant, ct);
        var response = await tools.Writes.RunAsync(account, context, request, tx => AddAsync(tx, account, campaign, tested, request, ct));
        pump.Wake();
        await WaitAsync(account, response, ct);
        return response;
    }

    private async Task<SendTestMessageResponse> AddAsync(
        NpgsqlTransaction tx, AccountInfo account, Campaign campaign, Message tested, SendTestMessageRequest request, CancellationToken ct)
    {
        await senders.RequireAsync(tx.Connection!, account.Id, campaign.Channel, campaign.Message, "campaign.message", ct);
        await TeamAddressStore.RequireConfirmedAsync(tx.Connection!, account.Id, campaign.Channel, request.Addresses, i => $"addresses[{i}]", ct);
        await TeamMessages.RequireRoomAsync(tx, account, request.Addresses.Count, ct);
        var response = new SendTestMessageResponse();
        foreach (var address in request.Addresses)
        {
            var message = new NewMessage(Guid.CreateVersion7(), MessageKind.Test, campaign.Channel, tested) { CampaignName = campaign.Name };
            response.Recipients.Add(await TeamMessages.AddAsync(tx, account, message, address, request.ContactId, ct));
            response.MessageIds.Add(message.MessageId.ToString());
        }

        return response;
    }

    // The messages leave as all others do; whoever waits for them is told how that went, if it goes fast.
    private async Task WaitAsync(AccountInfo account, SendTestMessageResponse response, CancellationToken ct)
    {
        var begun = tools.Time.GetTimestamp();
        for (var i = 0; i < response.MessageIds.Count; i++)
        {
            while (response.Recipients[i].State is State.Pending or State.Claimed or State.Sending && tools.Time.GetElapsedTime(begun) < s_patience)
            {
                await Task.Delay(s_look, ct);
                response.Recipients[i] = await messages.FindAsync(account.Id, response.MessageIds[i], ct) ?? response.Recipients[i];
            }
        }
    }

    private static void Check(SendTestMessageRequest request, Campaign campaign)
    {
        var checks = new FieldChecks()
            .Require(request.ContactId > 0, "contact_id", "is required")
            .Require(request.Addresses.Count is >= 1 and <= 10, "addresses", "must be 1 to 10");
        for (var i = 0; i < Math.Min(request.Addresses.Count, 10); i++)
        {
            checks.Require(Address.IsValid(campaign.Channel, request.Addresses[i]), $"addresses[{i}]", "is not an address of the channel");
        }

        checks.ThrowIfAny();
    }
}
