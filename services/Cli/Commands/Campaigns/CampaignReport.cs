using System.CommandLine;
using Crm.Accounts.V1;
using Crm.Campaigns.V1;
using Spectre.Console;
using Spectre.Console.Rendering;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Campaigns;

/// <summary>`campaigns report`: the results of a campaign.</summary>
internal static class CampaignReport
{
    /// <summary>`campaigns report`.</summary>
    public static Command Results()
    {
        var key = new Argument<string?>("campaign") { Description = "The campaign's name or id; may be left out with --by.", Arity = ArgumentArity.ZeroOrOne };
        var breakdown = new CampaignBreakdown();
        var command = new Command("report", "Shows the results of a campaign: delivered, opened, clicked, by link and by hour, or by tag or segment; who was left out and why.") { key };
        breakdown.AddTo(command);
        command.Aliases.Add("statistics");
        return command.Runs(async (session, ct) =>
        {
            var campaign = session.GetOptional(key) is { } name ? await Keys.Campaign.GetAsync(session, name, ct) : null;
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
        var table = Report.Empty("campaign", campaign.Name, "of accepted");
        IEnumerable<(string Name, int Count, bool Share)> rows =
        [
            ("audience", s.Counts.Total, false), ("accepted", s.Counts.Accepted, false), ("delivered", s.Delivered, true), ("opened", s.Opened, true),
            ("clicked", s.Clicked, true), ("bounced", s.Bounced, true), ("bounced hard", s.HardBounced, true), ("bounced soft", s.SoftBounced, true),
            ("unsubscribed", s.Unsubscribed, true), ("complained", s.Complained, true),
            ("unknown", s.Counts.Unknown, false),
        ];
        foreach (var (name, count, share) in rows.Concat(s.Reasons.Select(r => ($"left out or failed: {r.Reason.AsWords()}", r.Count, false))))
            table.Row(name, count, share ? Cells.Percent(count, s.Counts.Accepted) : "");
        return table;
    }

    private static Table OfVariants(GetCampaignStatisticsResponse s) => Report.Table(
        s.Variants,
        ("variant", v => v.Rest ? $"{v.Variant} (rest)" : v.Variant), ("accepted", v => v.Accepted),
        ("opened", v => $"{v.Opened} {Cells.Percent(v.Opened, v.Accepted)}"),
        ("clicked", v => $"{v.Clicked} {Cells.Percent(v.Clicked, v.Accepted)}"), ("bounced hard", v => v.HardBounced), ("bounced soft", v => v.SoftBounced),
        ("unsubscribed", v => v.Unsubscribed));

    private static Table Links(GetCampaignStatisticsResponse s) => Report.Table(
        s.Links,
        ("link", link => link.Url), ("recipients", link => link.Clicked), ("clicks with machines", link => link.Clicks));

    private static Table Hours(GetCampaignStatisticsResponse s) => Report.Table(
        s.Hours,
        ("hour", hour => hour.Time), ("accepted", hour => hour.Sent), ("opens", hour => hour.Opens),
        ("clicks", hour => hour.Clicks));
}
