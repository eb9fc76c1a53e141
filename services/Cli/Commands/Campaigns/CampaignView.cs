using Crm.Accounts.V1;
using Crm.Campaigns.V1;
using Google.Protobuf.WellKnownTypes;
using Spectre.Console;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Cli.Commands.Campaigns;

/// <summary>Shows a campaign, as a table or as progress.</summary>
internal static class CampaignView
{
    public static Table Table(Campaign campaign)
    {
        var table = Report.Empty("campaign", campaign.Name);
        table.Row("id", campaign.CampaignId);
        table.Row("state", campaign.State);
        if (campaign.Problem is not "")
            table.Row("problem", campaign.Problem);
        if (campaign.Schedule is { RunTime: { } run } schedule)
            table.Row("scheduled for", $"{Times.Text(run, schedule.Zone)} {schedule.ClockChange}".TrimEnd());
        if (campaign.EvaluationTime is { } evaluated)
            table.Row("audience evaluated at", evaluated);
        else
            table.Row("audience", "evaluated when it is sent");
        if (campaign.AbTest is { } test)
            table.Row("A/B test", Test(test));
        foreach (var (name, count) in campaign.EvaluationTime is null ? [] : Counts(campaign.Counts ?? new()))
            table.Row(name, count);
        return table;
    }

    private static string Test(AbTest test) => test switch
    {
        { Winner: not "" } => $"{test.Winner} won. {test.Decision}",
        { Percent: 100 } => "everybody takes part",
        { Rule: AbTest.Types.Rule.Manual } => "waits for `campaigns choose`",
        { DecideTime: { } time } => $"is decided at {Times.Text(time)}",
        _ => $"{test.Percent}% take part",
    };

    private static IEnumerable<(string Name, int Count)> Counts(RecipientCounts c) =>
    [
        ("audience", c.Total), ("pending", c.Pending), ("sending", c.Sending), ("accepted", c.Accepted), ("failed", c.Failed),
        ("skipped", c.Skipped), ("unknown", c.Unknown),
    ];

    /// <summary>Follows a campaign to its end and returns it; with <paramref name="lines"/>, each change is part of the answer.</summary>
    public static Task<Campaign> ShowAsync(Session session, Campaign campaign, bool lines, CancellationToken ct)
    {
        if (session.Report.IsWatched)
            return BarAsync(session, campaign, ct);
        return FollowAsync(session, campaign, change =>
        {
            if (lines)
                session.Report.Write(change, Line(change));
        }, ct);
    }

    public static int ExitCodeOf(Campaign campaign) => campaign.State is State.Failed ? ExitCode.Refused : ExitCode.Done;

    private static Task<Campaign> BarAsync(Session session, Campaign campaign, CancellationToken ct) => session.Report.ProgressConsole().Progress()
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new ElapsedTimeColumn())
        .StartAsync(context =>
        {
            var bar = context.AddTask(Markup.Escape(campaign.Name));
            return FollowAsync(session, campaign, change =>
            {
                bar.Description = Markup.Escape(Line(change));
                bar.IsIndeterminate = change.State is State.Scheduled or State.Preparing;
                bar.MaxValue = Math.Max(change.Counts.Total, 1);
                bar.Value = change.Counts.Total - change.Counts.Pending - change.Counts.Sending;
            }, ct);
        });

    private static async Task<Campaign> FollowAsync(Session session, Campaign campaign, Action<Campaign> show, CancellationToken ct)
    {
        var request = new WatchCampaignRequest { Account = session.RequireAccount(), CampaignId = campaign.CampaignId };
        await foreach (var change in Watches.ReadAsync(() => session.Services.Campaigns.WatchCampaign(request, cancellationToken: ct), ct))
            show(campaign = change.Campaign);
        return campaign;
    }

    // sending: 1,200 of 3,000 done, 1,180 accepted, 15 skipped, 5 failed
    private static string Line(Campaign campaign)
    {
        var c = campaign.Counts;
        var parts = new[] { (c.Accepted, "accepted"), (c.Skipped, "skipped"), (c.Failed, "failed"), (c.Unknown, "unknown") }
            .Where(part => part.Item1 > 0)
            .Select(part => $"{part.Item1:N0} {part.Item2}")
            .Prepend($"{campaign.State.ToString().ToLowerInvariant()}: {c.Total - c.Pending - c.Sending:N0} of {c.Total:N0} done");
        return string.Join(", ", parts) + (campaign.Problem is "" ? "" : $" ({campaign.Problem})");
    }
}
