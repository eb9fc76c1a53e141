using System.Diagnostics;
using Dapper;
using Npgsql;
using TagSegments.Chaos.Rig;

namespace TagSegments.Chaos.Scenarios;

/// <summary>
/// Runs bulk operations and undos while the services and PostgreSQL die: every operation ends by itself, having changed exactly what it had to,
/// with exactly one event for each changed contact.
/// </summary>
internal static class BulkKills
{
    // Enough for about ten steps of an operation.
    private const int Contacts = 300_000;
    private static readonly Target[] s_killed = [Target.Tags, Target.Tags, Target.Segments, Target.Postgres];

    public static async Task<ChaosReport> RunAsync(ChaosOptions options)
    {
        await using var rig = await ChaosRig.StartAsync(new Dictionary<string, string>(), [Target.Tags, Target.Segments]);
        var load = new BulkLoad(rig, options.Seed, Contacts, TimeSpan.Zero);
        await load.ArrangeAsync();
        await BulkMutants.All.MakeAsync(rig.OwnerConnectionString, options.Mutant);

        using var stop = new CancellationTokenSource();
        var work = load.RunAsync(stop.Token);
        var loop = new KillLoop(rig, new Random(options.Seed + 1), s_killed);
        var duration = Stopwatch.StartNew();
        await loop.RunAsync(options.Kills, killed => ReleaseLeasesAsync(rig, killed));
        await stop.CancelAsync();
        await work;

        var report = new ChaosReport("bulk", options);
        report.Tell("kills", options.Kills);
        report.Tell("killed", loop.Kills);
        report.Tell("seconds", Math.Round(duration.Elapsed.TotalSeconds));
        await new BulkJudge(rig.OwnerConnectionString, load).JudgeAsync(report);
        if (report.HasViolations && options.Mutant is null)
        {
            rig.ShowRecentOutput();
        }

        return report;
    }

    // As if the thirty seconds of a dead process's lease had passed: otherwise most kills would meet a service that only waits.
    private static async Task ReleaseLeasesAsync(ChaosRig rig, Target killed)
    {
        if (killed is not Target.Postgres)
        {
            await using var connection = new NpgsqlConnection(rig.OwnerConnectionString);
            await connection.ExecuteAsync("UPDATE tags.bulk_operation SET lease_until = '-infinity'");
        }
    }
}
