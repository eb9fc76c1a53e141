using System.CommandLine;
using Crm.Campaigns.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`campaigns pause`.</summary>
internal static class CampaignsPause
{
    public static Command Create()
    {
        var key = CampaignKey.Argument();
        var command = new Command("pause", "Stops a scheduled or sending campaign for now. Messages being handed over finish.") { key };
        return command.Runs(async (session, ct) =>
        {
            var campaign = await CampaignKey.GetAsync(session, session.Get(key), ct);
            var request = new PauseCampaignRequest { Account = session.RequireAccount(), CampaignId = campaign.CampaignId, RequestId = RequestId.New() };
            campaign = (await session.Services.Campaigns.PauseCampaignAsync(request, cancellationToken: ct)).Campaign;
            session.Report.Write(campaign, $"Campaign \"{campaign.Name}\" is paused; go on with: tagsegments campaigns resume \"{campaign.Name}\"");
        });
    }
}
