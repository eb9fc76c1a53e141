using System.Diagnostics;
using TagSegments.Chaos.Rig;

namespace TagSegments.Chaos.Scenarios;

/// <summary>
/// Sends campaigns while processes die, the mail server among them: every recipient gets its message once, and none after unsubscribing. A
/// connection cut between the end of a message and its acknowledgement, which SMTP cannot resolve, must be marked unknown.
/// </summary>
internal static class CampaignKills
{
    private static readonly Target[] s_killed =
        [Target.Campaigns, Target.Campaigns, Target.Campaigns, Target.Smtp, Target.Smtp, Target.Segments, Target.Tags, Target.Postgres];

    /// <summary>
    /// Short leases and pauses: a person can wait, the harness should not. The mail server may take its usual time: a slow machine must not make
    /// messages unknown.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, string> Settings = new Dictionary<string, string>
    {
        ["Delivery:BatchLease"] = "00:00:03",
        ["Delivery:RecoveryGrace"] = "00:00:01",
        ["Delivery:PrepareLease"] = "00:00:02",
        ["Delivery:RetryDelay"] = "00:00:00.200",
        ["Delivery:MaxRetryDelay"] = "00:00:01",
    };

    public static async Task<ChaosReport> RunAsync(ChaosOptions options)
    {
        await using var rig = await ChaosRig.StartAsync(Settings, [Target.Smtp, Target.Tags, Target.Segments, Target.Campaigns]);
        // Messages that a mutant loses never come.
        using var load = new CampaignLoad(rig, TimeSpan.FromSeconds(options.Mutant is null ? 120 : 15), TimeSpan.Zero);
        var (judge, mail) = (new CampaignJudge(rig), new MailStops());
        var moments = new CampaignMoments(rig, new DatabaseStops(rig.OwnerConnectionString), mail);
        rig.MailScript = mail.React;
        await load.ArrangeAsync();
        await moments.InstallAsync();
        await judge.InstallAsync();
        await CampaignMutants.All.MakeAsync(rig.OwnerConnectionString, options.Mutant);

        using var stop = new CancellationTokenSource();
        var sending = load.RunAsync(stop.Token);
        var loop = new KillLoop(rig, new Random(options.Seed), s_killed, new KillMoments(CampaignMoments.All, moments.KillAtAsync));
        var duration = Stopwatch.StartNew();
        await loop.RunAsync(options.Kills, _ => Task.CompletedTask);
        await stop.CancelAsync();
        await sending;

        var report = new ChaosReport("campaigns", options);
        await judge.JudgeAsync(report, load);
        report.Tell("kills", options.Kills);
        report.Tell("killed", loop.Kills);
        report.Tell("moments", loop.Moments);
        var missed = loop.Moments.Where(moment => moment.Value == 0 && options.Mutant is null).Select(moment => moment.Key).ToList();
        report.MustBeZero("moments that never came", missed.Count, missed);
        report.Tell("seconds", Math.Round(duration.Elapsed.TotalSeconds));
        if (report.HasViolations && options.Mutant is null)
        {
            rig.ShowRecentOutput();
        }

        return report;
    }
}
