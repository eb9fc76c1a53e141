using System.CommandLine;
using Crm.Accounts.V1;
using Crm.Campaigns.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Campaigns;

/// <summary>`campaigns report --by`: the results of one campaign, or of the last ones, by tag or by segment.</summary>
internal sealed class CampaignBreakdown
{
    private readonly Option<string> _by = new Option<string>("--by")
    {
        Description = "Breaks results down by tag or segment, as they were when the audience was evaluated. Without a campaign, covers the last 50.",
        HelpName = "tag|segment",
    }.AcceptOnlyFrom("tag", "segment");

    private readonly Option<string[]> _tags = new("--tag") { Description = "A tag to break down by; by default those with the most contacts.", HelpName = "tag" };
    private readonly Option<string[]> _segments = new("--segment") { Description = "A segment or filter to break down by; by default what the campaign includes.", HelpName = "filter" };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _by, _tags, _segments })
            command.Options.Add(option);
    }

    public bool IsAsked(Session session) => session.Given(_by) || session.Given(_tags) || session.Given(_segments);

    public async Task WriteAsync(Session session, Campaign? campaign, CancellationToken ct)
    {
        var bySegment = session.Get(_by) is "segment" || session.Given(_segments);
        if (bySegment ? session.Given(_tags) || session.Get(_by) is "tag" : session.Get(_by) is "segment")
            throw new CliError("Results are broken down by tag or by segment, not by both.", "Use --by tag with --tag, or --by segment with --segment.");

        var request = new BreakDownResultsRequest { Account = session.RequireAccount() };
        if (campaign is not null)
            request.CampaignIds.Add(campaign.CampaignId);
        if (bySegment)
        {
            request.Segments = new();
            await FilterArgument.FillAsync(session, request.Segments.Sources, session.Get(_segments) ?? [], ct);
        }
        else
        {
            request.Tags = new() { TagNames = { session.Get(_tags) ?? [] } };
        }

        var answer = await session.Services.Campaigns.BreakDownResultsAsync(request, cancellationToken: ct);
        session.Report.Write(answer, () => View(answer, campaign, bySegment ? "segment" : "tag"));
    }

    private static Table View(BreakDownResultsResponse answer, Campaign? campaign, string by)
    {
        var table = Report.Empty(by, "sent", "delivered", "opened", "clicked", "bounced", "hard", "soft", "unsubscribed", "complained");
        var whole = campaign is null ? $"everyone, {answer.CampaignIds.Count} campaigns" : $"everyone who got {campaign.Name}";
        foreach (var (name, r) in answer.Groups.Select(group => (group.Name, group.Results)).Append((whole, answer.Total)))
            table.Row(
                name,
                r.Sent,
                r.Delivered,
                $"{r.Opened} {Cells.Percent(r.Opened, r.Sent)}",
                $"{r.Clicked} {Cells.Percent(r.Clicked, r.Sent)}",
                r.Bounced,
                r.HardBounced,
                r.SoftBounced,
                r.Unsubscribed,
                r.Complained);
        return table;
    }
}
