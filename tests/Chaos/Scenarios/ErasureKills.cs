using System.Diagnostics;
using TagSegments.Chaos.Rig;
using TagSegments.Testing.Erasures;

namespace TagSegments.Chaos.Scenarios;

/// <summary>
/// Deletes accounts and erases people while processes die: in the end nothing of them is left anywhere, and nobody else has lost anything.
/// </summary>
internal static class ErasureKills
{
    private static readonly Target[] s_killed = [Target.Tags, Target.Segments, Target.Campaigns, Target.Workflows, Target.Postgres];

    // Accounts are erased at once, and in many small steps, between any two of which a process can die.
    private static readonly Dictionary<string, string> s_settings = new()
    {
        ["Smtp:Security"] = "none",
        ["Accounts:EraseAfter"] = "00:00:00",
        ["Accounts:Settle"] = "00:00:03",
        ["Accounts:RowsAtOnce"] = "5",
    };

    public static async Task<ChaosReport> RunAsync(ChaosOptions options)
    {
        await using var rig = await ChaosRig.StartAsync(
            s_settings, [Target.Redis, Target.Smtp, Target.Tags, Target.Segments, Target.Campaigns, Target.Workflows]);
        var (load, judge) = (new ErasureLoad(rig, options.Seed, TimeSpan.Zero), new ErasureJudge(rig));
        var moments = new ErasureMoments(rig, new DatabaseStops(rig.OwnerConnectionString));
        await load.ArrangeAsync();
        var before = await AccountRows.SettledAsync(rig.OwnerConnectionString, load.KeptId);
        await moments.InstallAsync();
        await ErasureMutants.All.MakeAsync(rig.OwnerConnectionString, options.Mutant);

        using var stop = new CancellationTokenSource();
        var erasing = load.RunAsync(stop.Token);
        var loop = new KillLoop(rig, new Random(options.Seed), s_killed, new KillMoments(ErasureMoments.All, moments.KillAtAsync));
        var duration = Stopwatch.StartNew();
        await loop.RunAsync(options.Kills, _ => Task.CompletedTask);
        await stop.CancelAsync();
        await erasing;
        // What a mutant forgets is never done.
        await judge.WaitAsync(TimeSpan.FromSeconds(options.Mutant is null ? 90 : 20));

        var report = new ChaosReport("erasures", options);
        await judge.JudgeAsync(report, load, before);
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
