using System.CommandLine;

namespace TagSegments.Cli.Commands;

/// <summary>`campaigns watch`.</summary>
internal static class CampaignsWatch
{
    public static Command Create()
    {
        var key = CampaignKey.Argument();
        var command = new Command("watch", "Shows live how far a campaign is, until it has come to its end. As JSON: a line per change.") { key };
        return command.Runs(async (session, ct) =>
        {
            var campaign = await CampaignKey.GetAsync(session, session.Get(key), ct);
            var last = await CampaignProgressView.ShowAsync(session, campaign, lines: true, ct);
            return CampaignProgressView.ExitCodeOf(last);
        });
    }
}
