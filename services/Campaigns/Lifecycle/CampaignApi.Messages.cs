using Crm.Campaigns.V1;
using Grpc.Core;
using TagSegments.Campaigns.Definitions;
using TagSegments.Campaigns.Suppressions;

namespace TagSegments.Campaigns.Lifecycle;

// This part shows and tests messages before they are sent.
internal sealed partial class CampaignApi
{
    public override async Task<PreviewMessageResponse> PreviewMessage(PreviewMessageRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await tools.Accounts.GetAsync(request.Account, ct);
        new FieldChecks()
            .Require(request.ContactId > 0, "contact_id", "is required")
            .Require(request.Campaign is null != (request.CampaignId.Length == 0), "campaign_id", "is required, or campaign instead")
            .ThrowIfAny();
        var campaign = request.Campaign?.Clone() ?? (await campaigns.GetAsync(account.Id, request.CampaignId, "", ct)).ToCampaign();
        if (request.Campaign is not null)
        {
            CampaignRules.Check(campaign, ct);
        }

        return await preview.RenderAsync(account, campaign, request.ContactId, request.Variant, ct);
    }

    public override async Task<SendTestMessageResponse> SendTestMessage(SendTestMessageRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await tools.Accounts.GetAsync(request.Account, ct);
        var campaign = (await campaigns.GetAsync(account.Id, request.CampaignId, "", ct)).ToCampaign();
        var checks = new FieldChecks()
            .Require(request.ContactId > 0, "contact_id", "is required")
            .Require(request.Addresses.Count is >= 1 and <= 10, "addresses", "must be 1 to 10");
        for (var i = 0; i < request.Addresses.Count; i++)
        {
            checks.Require(Address.IsValid(campaign.Channel, request.Addresses[i]), $"addresses[{i}]", "is not an address of the channel");
        }

        checks.ThrowIfAny();
        return await tools.Writes.RunAsync(account, context, request, async tx =>
        {
            await senders.RequireAsync(tx.Connection!, account.Id, campaign.Channel, campaign.Message, "campaign.message", ct);
            return await preview.SendTestAsync(account, campaign, request.ContactId, request.Variant, request.Addresses, ct);
        });
    }
}
