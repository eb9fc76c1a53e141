using System.Globalization;
using TagSegments.Benchmarks.Tenants;

namespace TagSegments.Benchmarks.Load;

/// <summary>
/// The mixed load against one replica of each service, which are processes of their own: what a number of connections gets in a closed loop, what a
/// rate costs in an open one, the highest rate that is still answered fast (the knee), and what is left of it at ten times that rate.
/// </summary>
internal static class LoadSuite
{
    private static readonly int[] s_connections = [1, 8, 64, 512];
    private const int Channels = 8;
    private const double Overload = 10;

    public static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        await using var rig = await TenantRig.StartAsync("load");
        var calls = await MixedCalls.ArrangeAsync(rig, Math.Min(options.Contacts, 20_000));
        await ClosedLoop.RunAsync(calls, Channels, TimeSpan.FromSeconds(5));
        report.Note($"Every call has a deadline of {LoadResult.Deadline.TotalSeconds:N0} s from the time at which it had to begin; good is what is answered by then.\n\n| loop | connections | calls/s | good/s | p50 ms | p99 ms | p99.9 ms | refused | late | failed | sent late by ms |\n|---|---|---|---|---|---|---|---|---|---|---|");
        if (options.Wants("closed"))
        {
            foreach (var connections in s_connections)
            {
                Tell(report, "closed", connections, await ClosedLoop.RunAsync(calls, connections, options.Phase));
            }
        }

        if (options.Wants("open"))
        {
            await RunOpenAsync("", calls, options, report);
        }

        if (options.Wants("heavy"))
        {
            await RunOpenAsync("counts: ", calls.Heavy, options, report);
        }

        rig.Report("load", report);
    }

    private static async Task RunOpenAsync(string load, MixedCalls calls, BenchmarkOptions options, Report report)
    {
        var knee = await Knee.FindAsync(calls, Channels, options.Phase, result => Tell(report, load + Open(result.Offered), Channels, result));
        report.Note($"{load}the knee is at {knee.PerSecond.ToString("N0", CultureInfo.InvariantCulture)} calls/s: 99 of 100 calls take less than {Knee.Slow.TotalMilliseconds:N0} ms.");
        foreach (var connections in s_connections)
        {
            Tell(report, load + Open(knee.Offered / 2), connections, await OpenLoop.RunAsync(calls, connections, knee.Offered / 2, options.Phase));
        }

        var flooded = await OpenLoop.RunAsync(calls, Channels, Overload * knee.PerSecond, options.Phase);
        Tell(report, load + Open(flooded.Offered), Channels, flooded);
        // What a client has not sent by its deadline no service has seen.
        if (flooded.Lag > LoadResult.Deadline.TotalMilliseconds / 2)
            report.Note($"{load}ten times the knee: no verdict, because this machine could not send so many calls; send them from another one.");
        else
            report.AtLeast($"{load}goodput at ten times the knee", flooded.GoodPerSecond, "the knee", knee.GoodPerSecond, "calls/s", 0.8);
    }

    private static string Open(double rate) => string.Create(CultureInfo.InvariantCulture, $"open, {rate:N0}/s");

    private static void Tell(Report report, string loop, int connections, LoadResult result)
    {
        report.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"| {loop} | {connections} | {result.PerSecond:N0} | {result.GoodPerSecond:N0} | {result.At(0.5):N1} | {result.At(0.99):N1} | {result.At(0.999):N1} | {result.Refused:N0} | {result.Late:N0} | {result.Failed:N0} | {result.Lag:N1} |"));
        if (result.Failed > 0)
        {
            report.Note(result.Failures);
        }
    }
}
