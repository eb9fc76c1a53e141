using System.CommandLine;
using Crm.Campaigns.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`campaigns statistics`.</summary>
internal static class CampaignsStatistics
{
    public static Command Create()
    {
        var key = CampaignKey.Argument();
        var command = new Command("statistics", "Shows what became of a campaign's messages: delivered, opened, clicked, left out and why.") { key };
        return command.Runs(async (session, ct) =>
        {
            var campaign = await CampaignKey.GetAsync(session, session.Get(key), ct);
            var request = new GetCampaignStatisticsRequest { Account = session.RequireAccount(), CampaignId = campaign.CampaignId };
            var answer = await session.Services.Campaigns.GetCampaignStatisticsAsync(request, cancellationToken: ct);
            session.Report.Write(answer, () => View(campaign, answer));
        });
    }

    private static Table View(Campaign campaign, GetCampaignStatisticsResponse s)
    {
        var table = Report.Table("campaign", campaign.Name);
        IEnumerable<(string Name, int Count)> rows =
        [
            ("audience", s.Counts.Total), ("accepted", s.Counts.Accepted), ("delivered", s.Delivered), ("opened", s.Opened), ("clicked", s.Clicked),
            ("bounced", s.Bounced), ("unsubscribed", s.Unsubscribed), ("complained", s.Complained),
        ];
        foreach (var (name, count) in rows.Concat(s.Reasons.Select(r => ($"left out or failed: {r.Reason}", r.Count))))
            table.AddRow(name.Cell(), count.Cell());
        return table;
    }
}
