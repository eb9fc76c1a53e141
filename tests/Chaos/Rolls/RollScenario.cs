using System.Diagnostics;
using System.Globalization;
using TagSegments.Chaos.Scenarios;

namespace TagSegments.Chaos.Rolls;

/// <summary>
/// Rolls all services under a mixed load: no call fails, the slow ones are at most three times as slow as in a quiet time, and everything happens
/// once. With a former version, the roll goes from that to this one and back, on the newest schema.
/// </summary>
internal static class RollScenario
{
    private const double MostSlower = 3;

    private static readonly Dictionary<string, RollMutant> s_mutants = new()
    {
        ["killed"] = RollMutant.Killed,
        ["no-readiness"] = RollMutant.NoReadiness,
        ["one-address"] = RollMutant.OneAddress,
        ["freezes"] = RollMutant.Freezes,
        ["loses-runs"] = RollMutant.LosesRuns,
        ["loses-recipients"] = RollMutant.LosesRecipients,
    };

    public static IReadOnlyCollection<string> Mutants => s_mutants.Keys;

    public static async Task<ChaosReport> RunAsync(ChaosOptions options)
    {
        var mutant = MutantOf(options);
        var asked = Math.Clamp(options.Kills / RollRig.Services.Length, 1, RollRig.Replicas);
        var isShort = asked < RollRig.Replicas;
        // One replica of two would do without the other: callers do not call what does not listen yet.
        var perService = mutant is RollMutant.NoReadiness ? RollRig.Replicas : asked;
        var quietTime = TimeSpan.FromSeconds(isShort ? 8 : 12);
        var folder = AppContext.BaseDirectory;
        await using var rig = await RollRig.StartAsync(options.Old ?? folder, mutant);
        await Console.Error.WriteLineAsync("all replicas are ready");
        await RollWorld.ArrangeAsync(rig);
        await LoseAsync(rig, mutant);
        using var roll = new Roll(rig, mutant);
        var (load, report) = (new MixedLoad(rig, options.Seed), new ChaosReport("roll", options));
        using var stop = new CancellationTokenSource();
        var calling = load.RunAsync(stop.Token);
        await RecordAsync(load, () => Task.Delay(quietTime));
        var before = await RecordAsync(load, () => Task.Delay(quietTime));
        var clock = Stopwatch.StartNew();
        var during = await RecordAsync(load, async () =>
        {
            await roll.ToAsync(folder, perService);
            await (options.Old is { } old ? roll.ToAsync(old, perService) : Task.CompletedTask);
        });
        report.Tell("seconds of the roll", Math.Round(clock.Elapsed.TotalSeconds));
        var after = await RecordAsync(load, () => Task.Delay(quietTime));
        await Console.Error.WriteLineAsync("all replicas are replaced");
        if (!isShort && options.Mutant is null)
            report.MustBeZero("added replicas that services do not find", await roll.IsAddedReplicaFoundAsync(folder) ? 0 : 1, []);
        await stop.CancelAsync();
        await calling;

        TellCalls(report, before, during, after, options.Slack);
        report.Tell("longest end in seconds", Math.Round(roll.LongestEnd.TotalSeconds, 1));
        report.MustBeZero("replicas that did not end in time", roll.Killed.Count, roll.Killed);
        await Console.Error.WriteLineAsync("what was acknowledged is compared with what arrived");
        var judge = new RollJudge(rig, load);
        await judge.WaitAsync(TimeSpan.FromSeconds(options.Mutant is null ? 60 : 15));
        await judge.JudgeAsync(report);
        if (report.HasViolations && options.Mutant is null)
            rig.ShowRecentOutput();

        return report;
    }

    private static RollMutant MutantOf(ChaosOptions options) => options.Mutant is not { } name ? RollMutant.None
        : s_mutants.TryGetValue(name, out var mutant) ? mutant
        : throw new FormatException($"There is no mutant {name}; there are {string.Join(", ", Mutants)}, and all.");

    private static Task LoseAsync(RollRig rig, RollMutant mutant) => mutant switch
    {
        RollMutant.LosesRuns => WorkflowMutants.All.MakeAsync(rig.Base.OwnerConnectionString, "moves-cursor-early"),
        RollMutant.LosesRecipients => CampaignMutants.All.MakeAsync(rig.Base.OwnerConnectionString, "drops-recipients"),
        _ => Task.CompletedTask,
    };

    private static async Task<CallRecord> RecordAsync(MixedLoad load, Func<Task> phase)
    {
        var record = load.Record = new CallRecord();
        await phase();
        load.Record = new CallRecord();
        return record;
    }

    // A machine that does other things as well is not equally fast before and after; the slower of the two quiet times counts.
    private static void TellCalls(ChaosReport report, CallRecord before, CallRecord during, CallRecord after, double slack)
    {
        foreach (var (name, record) in new[] { ("quiet before", before), ("roll", during), ("quiet after", after) })
        {
            report.Tell($"{name}: calls", record.Answered);
            report.Tell($"{name}: p50 ms", Math.Round(record.At(0.5), 1));
            report.Tell($"{name}: p99 ms", Math.Round(record.At(0.99), 1));
            report.MustBeZero($"{name}: failed calls", record.Failures.Count, record.Failures);
        }

        var quiet = Math.Max(before.At(0.99), after.At(0.99));
        var slower = during.At(0.99) / quiet;
        report.Tell("p99 of the two quiet times apart by", Math.Round(quiet / Math.Min(before.At(0.99), after.At(0.99)), 2));
        report.Tell("load of the machine", MachineLoad());
        report.Tell("p99 of the roll to quiet", string.Create(CultureInfo.InvariantCulture, $"{slower:F2}, at most {MostSlower} is {(slower <= MostSlower ? "kept" : "missed")}"));
        report.MustBeZero("p99 beyond what is allowed", slower > MostSlower * slack ? 1 : 0, [$"{slower:F2}"]);
    }

    private static string MachineLoad() => File.Exists("/proc/loadavg")
        ? $"{File.ReadAllText("/proc/loadavg").Split(' ')[0]} on {Environment.ProcessorCount} processors"
        : "unknown";
}
