using Crm.Campaigns.V1;
using Grpc.Core;
using Spectre.Console;
using TagSegments.Cli.Output;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Cli.Commands;

/// <summary>Follows a campaign: a bar where a person watches, a line per change elsewhere.</summary>
internal static class CampaignProgressView
{
    /// <summary>Follows a campaign to its end and returns it; <paramref name="lines"/> tells whether each change is part of the answer.</summary>
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
        using var call = session.Services.Campaigns.WatchCampaign(request, cancellationToken: ct);
        await foreach (var change in call.ResponseStream.ReadAllAsync(ct))
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
