using System.CommandLine;

namespace TagSegments.Cli.Commands;

/// <summary>`campaigns status`.</summary>
internal static class CampaignsStatus
{
    public static Command Create()
    {
        var key = CampaignKey.Argument();
        var command = new Command("status", "Shows where a campaign is and how many recipients are in which state.") { key };
        return command.Runs(async (session, ct) =>
        {
            var campaign = await CampaignKey.GetAsync(session, session.Get(key), ct);
            session.Report.Write(campaign, () => CampaignView.Table(campaign));
        });
    }
}
