using System.Diagnostics;
using Dapper;
using Npgsql;
using TagSegments.Chaos.Rig;

namespace TagSegments.Chaos.Scenarios;

/// <summary>
/// Starts workflows while processes die: every tagging starts its workflow exactly once, every run ends, and each action of a run is done once.
/// Two processes of the workflow service share the accounts.
/// </summary>
internal static class WorkflowKills
{
    private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(60);
    private static readonly Target[] s_killed = [Target.Tags, Target.Workflows, Target.WorkflowsTwin, Target.Postgres];

    public static async Task<ChaosReport> RunAsync(ChaosOptions options)
    {
        await using var rig = await ChaosRig.StartAsync(
            new Dictionary<string, string> { ["Smtp:Security"] = "none" },
            [Target.Smtp, Target.Tags, Target.Segments, Target.Campaigns, Target.Workflows, Target.WorkflowsTwin]);
        var (load, judge) = (new WorkflowLoad(rig, options.Seed, s_rest), new WorkflowJudge(rig.OwnerConnectionString));
        await load.ArrangeAsync();
        await WorkflowMutants.All.MakeAsync(rig.OwnerConnectionString, options.Mutant);
        using var stop = new CancellationTokenSource();
        var work = load.RunAsync(stop.Token);
        var loop = new KillLoop(rig, new Random(options.Seed), s_killed);
        var duration = Stopwatch.StartNew();
        await loop.RunAsync(options.Kills, killed => ReleaseLeasesAsync(rig, killed));
        await stop.CancelAsync();
        await work;
        // Runs that a mutant loses never come.
        await judge.WaitAsync(TimeSpan.FromSeconds(options.Mutant is null ? 120 : 20));

        var report = new ChaosReport("workflows", options);
        await judge.JudgeAsync(report, load.Acknowledged);
        report.Tell("kills", options.Kills);
        report.Tell("killed", loop.Kills);
        report.Tell("seconds", Math.Round(duration.Elapsed.TotalSeconds));
        if (report.HasViolations && options.Mutant is null)
        {
            rig.ShowRecentOutput();
        }

        return report;
    }

    // As if the time had passed after which a silent process counts as dead: else most kills would meet services that only wait. The other process
    // may lose its accounts while it works, which must do no harm.
    private static async Task ReleaseLeasesAsync(ChaosRig rig, Target killed)
    {
        if (killed is Target.Workflows or Target.WorkflowsTwin)
        {
            await using var connection = new NpgsqlConnection(rig.OwnerConnectionString);
            await connection.ExecuteAsync("DELETE FROM workflows.worker");
        }
    }
}
