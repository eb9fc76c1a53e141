using System.CommandLine;
using Crm.Campaigns.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`campaigns cancel`.</summary>
internal static class CampaignsCancel
{
    public static Command Create()
    {
        var key = CampaignKey.Argument();
        var command = new Command("cancel", "Stops a campaign for good. Messages being handed over finish, the others are skipped.") { key };
        return command.Runs(async (session, ct) =>
        {
            var campaign = await CampaignKey.GetAsync(session, session.Get(key), ct);
            var request = new CancelCampaignRequest { Account = session.RequireAccount(), CampaignId = campaign.CampaignId, RequestId = RequestId.New() };
            campaign = (await session.Services.Campaigns.CancelCampaignAsync(request, cancellationToken: ct)).Campaign;
            session.Report.Write(campaign, $"Campaign \"{campaign.Name}\" is {campaign.State.ToString().ToLowerInvariant()}.");
        });
    }
}
