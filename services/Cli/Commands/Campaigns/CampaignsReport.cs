using System.CommandLine;
using System.Globalization;
using Crm.Campaigns.V1;
using Spectre.Console;
using Spectre.Console.Rendering;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`campaigns report`.</summary>
internal static class CampaignsReport
{
    public static Command Create()
    {
        var key = new Argument<string?>("campaign") { Description = "The campaign's name or id; may be left out with --by.", Arity = ArgumentArity.ZeroOrOne };
        var breakdown = new CampaignBreakdown();
        var command = new Command("report", "Shows what became of a campaign's messages: delivered, opened, clicked, by link and by hour, or by tag or segment; who was left out and why.") { key };
        breakdown.AddTo(command);
        command.Aliases.Add("statistics");
        return command.Runs(async (session, ct) =>
        {
            var campaign = session.GetOptional(key) is { } name ? await CampaignKey.GetAsync(session, name, ct) : null;
            if (breakdown.IsAsked(session))
            {
                await breakdown.WriteAsync(session, campaign, ct);
                return;
            }

            if (campaign is null)
                throw new CliError("Name the campaign.", "Or add --by tag or --by segment for the results of the last campaigns.");
            var request = new GetCampaignStatisticsRequest { Account = session.RequireAccount(), CampaignId = campaign.CampaignId };
            var answer = await session.Services.Campaigns.GetCampaignStatisticsAsync(request, cancellationToken: ct);
            session.Report.Write(answer, () => new Rows(Tables(campaign, answer)));
        });
    }

    private static IEnumerable<IRenderable> Tables(Campaign campaign, GetCampaignStatisticsResponse s)
    {
        yield return Numbers(campaign, s);
        if (s.Variants.Count > 0)
            yield return OfVariants(s);
        if (s.Links.Count > 0)
            yield return Links(s);
        if (s.Hours.Count > 0)
            yield return Hours(s);
    }

    private static Table Numbers(Campaign campaign, GetCampaignStatisticsResponse s)
    {
        var table = Report.Table("campaign", campaign.Name, "of accepted");
        IEnumerable<(string Name, int Count, bool Share)> rows =
        [
            ("audience", s.Counts.Total, false), ("accepted", s.Counts.Accepted, false), ("delivered", s.Delivered, true), ("opened", s.Opened, true),
            ("clicked", s.Clicked, true), ("bounced", s.Bounced, true), ("unsubscribed", s.Unsubscribed, true), ("complained", s.Complained, true),
            ("unknown", s.Counts.Unknown, false),
        ];
        foreach (var (name, count, share) in rows.Concat(s.Reasons.Select(r => ($"left out or failed: {r.Reason.AsWords()}", r.Count, false))))
            table.AddRow(name.Cell(), count.Cell(), (share ? Share(count, s.Counts.Accepted) : "").Cell());
        return table;
    }

    private static Table OfVariants(GetCampaignStatisticsResponse s)
    {
        var table = Report.Table("variant", "accepted", "opened", "clicked", "bounced", "unsubscribed");
        foreach (var v in s.Variants)
            table.AddRow(
                (v.Rest ? $"{v.Variant} (rest)" : v.Variant).Cell(), v.Accepted.Cell(), $"{v.Opened} {Share(v.Opened, v.Accepted)}".Cell(),
                $"{v.Clicked} {Share(v.Clicked, v.Accepted)}".Cell(), v.Bounced.Cell(), v.Unsubscribed.Cell());
        return table;
    }

    private static Table Links(GetCampaignStatisticsResponse s)
    {
        var table = Report.Table("link", "recipients", "clicks with machines");
        foreach (var link in s.Links)
            table.AddRow(link.Url.Cell(), link.Clicked.Cell(), link.Clicks.Cell());
        return table;
    }

    private static Table Hours(GetCampaignStatisticsResponse s)
    {
        var table = Report.Table("hour", "accepted", "opens", "clicks");
        foreach (var hour in s.Hours)
            table.AddRow(hour.Time.Cell(), hour.Sent.Cell(), hour.Opens.Cell(), hour.Clicks.Cell());
        return table;
    }

    public static string Share(int part, int all) => all == 0 ? "" : ((double)part / all).ToString("P1", CultureInfo.InvariantCulture);
}
