namespace TagSegments.Benchmarks.Tenants;

/// <summary>The calls of a small account, quiet and beside an account that does all it may.</summary>
internal static class NeighbourSpeed
{
    private static readonly TimeSpan s_start = TimeSpan.FromSeconds(3);

    public static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        await using var rig = await TenantRig.StartAsync("tenants_neighbour");
        var (big, seconds) = await Timed.RunAsync(() => BigAccount.ArrangeAsync(rig, options.Contacts));
        report.Note($"neighbour: the account of {options.Contacts:N0} contacts was set up in {seconds:N0} s.");
        var small = await SteadyCalls.ArrangeAsync(rig, SteadyCalls.Modest);
        await rig.ScalarAsync<int?>("VACUUM ANALYZE");

        var quiet = await small.RunAsync(options.Phase);
        foreach (var disturbance in options.Disturbances)
        {
            var (beside, done) = await BesideAsync(small, big, disturbance, options.Phase);
            Add(report, $"beside {disturbance}", quiet, beside, target: 3);
            report.Note($"neighbour: meanwhile the big account had {done}.");
        }

        rig.Report("neighbour", report);
    }

    private static async Task<(IReadOnlyDictionary<string, Latencies> Beside, string Done)> BesideAsync(
        SteadyCalls small, BigAccount big, Disturbance disturbance, TimeSpan duration)
    {
        using var stop = new CancellationTokenSource();
        var noise = big.RunAsync(disturbance, stop.Token);
        await Task.Delay(s_start, CancellationToken.None);
        var beside = await small.RunAsync(duration);
        var done = big.Done();
        await stop.CancelAsync();
        await noise;
        return (beside, done);
    }

    /// <summary>Adds the p99 of all calls with a target, the others to compare, and the failures, of which there may be none.</summary>
    public static void Add(Report report, string name, IReadOnlyDictionary<string, Latencies> quiet, IReadOnlyDictionary<string, Latencies> beside, double target)
    {
        report.AtMost($"p99 of calls {name}", Of(beside, 0.99), "quiet", Of(quiet, 0.99), "ms", target);
        report.Compare($"p50 of calls {name}", Of(beside, 0.5), "quiet", Of(quiet, 0.5), "ms");
        foreach (var (kind, latencies) in beside)
        {
            report.Compare($"p99 of {latencies.Count:N0} calls of {kind} {name}", latencies.Percentile(0.99), "quiet", quiet[kind].Percentile(0.99), "ms");
            report.Note($"{name}: {kind}: {latencies}; quiet: {quiet[kind]}.");
        }

        report.None($"failed calls {name}", beside.Values.Sum(latencies => latencies.Failed), "calls");
    }

    private static double Of(IReadOnlyDictionary<string, Latencies> latencies, double share) =>
        Latencies.Percentile([.. latencies.Values.SelectMany(kind => kind.Milliseconds)], share);
}
