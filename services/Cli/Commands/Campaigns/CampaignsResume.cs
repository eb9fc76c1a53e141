using System.CommandLine;
using Crm.Campaigns.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`campaigns resume`.</summary>
internal static class CampaignsResume
{
    public static Command Create()
    {
        var key = CampaignKey.Argument();
        var command = new Command("resume", "Lets a paused campaign go on: with the same audience if it was evaluated already.") { key };
        return command.Runs(async (session, ct) =>
        {
            var campaign = await CampaignKey.GetAsync(session, session.Get(key), ct);
            var request = new ResumeCampaignRequest { Account = session.RequireAccount(), CampaignId = campaign.CampaignId, RequestId = RequestId.New() };
            campaign = (await session.Services.Campaigns.ResumeCampaignAsync(request, cancellationToken: ct)).Campaign;
            session.Report.Write(campaign, $"Campaign \"{campaign.Name}\" is {campaign.State.ToString().ToLowerInvariant()} again.");
        });
    }
}
