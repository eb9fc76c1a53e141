using Crm.Campaigns.V1;
using Grpc.Core;
using TagSegments.Campaigns.Definitions;

namespace TagSegments.Campaigns.Lifecycle;

// This part shows messages before they are sent.
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
            CampaignRules.Check(campaign, fields: null, ct);
        }

        return await preview.RenderAsync(account, campaign, request.ContactId, request.Variant, ct);
    }
}
