using System.CommandLine;
using Crm.Campaigns.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`campaigns send`.</summary>
internal static class CampaignsSend
{
    public static Command Create()
    {
        var key = CampaignKey.Argument();
        var wait = new Option<bool>("--wait") { Description = "Wait until every message has come to its end." };
        var command = new Command("send", "Evaluates the segments and sends a campaign now.") { key, wait };
        return command.Runs(async (session, ct) =>
        {
            var campaign = await CampaignKey.GetAsync(session, session.Get(key), ct);
            var request = new SendCampaignRequest { Account = session.RequireAccount(), CampaignId = campaign.CampaignId, RequestId = RequestId.New() };
            campaign = (await session.Services.Campaigns.SendCampaignAsync(request, cancellationToken: ct)).Campaign;
            if (session.Get(wait))
                campaign = await CampaignProgressView.ShowAsync(session, campaign, lines: false, ct);
            session.Report.Write(campaign, () => CampaignView.Table(campaign));
            return CampaignProgressView.ExitCodeOf(campaign);
        });
    }
}
