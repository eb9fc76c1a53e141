using System.Diagnostics;
using Crm.Segments.V1;
using Crm.Tags.V1;
using TagSegments.Testing;

namespace TagSegments.Benchmarks.Tenants;

/// <summary>Many accounts on one replica of each service: what they cost while nobody uses them, and what the first use costs.</summary>
internal sealed class ManyAccounts(TenantRig rig, string[] accounts, BenchmarkOptions options, Report report)
{
    /// <summary>How many contacts are imported into each account.</summary>
    public const int Contacts = 20;

    private const int EventsPerSecond = 20;
    private const int WarmUps = 50;
    private const int ColdCounts = 300;
    private static readonly TimeSpan s_longestSettling = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    // Each account takes part in one measurement only.
    private readonly Queue<string> _fresh = new(Shuffled(accounts, options.Seed));

    public async Task RunAsync()
    {
        await MeasureIdleAsync();
        await MeasureActionsAsync();
        await MeasureCountsAsync();
    }

    private static string[] Shuffled(string[] values, int seed)
    {
        var shuffled = values.ToArray();
        new Random(seed).Shuffle(shuffled);
        return shuffled;
    }

    private async Task MeasureIdleAsync()
    {
        var postgres = await rig.PostgresAsync();
        await Task.Delay(options.Phase < s_longestSettling ? options.Phase : s_longestSettling);
        var (before, start) = (Read(), Stopwatch.GetTimestamp());
        await Task.Delay(options.Phase);
        var (after, seconds) = (Read(), Stopwatch.GetElapsedTime(start).TotalSeconds);

        double Percent(int part) => 100 * (after[part] - before[part]) / seconds;
        report.AtMost($"idle processor of the four services with {accounts.Length:N0} accounts", Percent(0), "the goal", 5, "% of a core", 1);
        report.Compare("idle processor of PostgreSQL", Percent(1), "the goal of the services", 5, "% of a core");
        report.Compare("idle processor of Redis", Percent(2), "the goal of the services", 5, "% of a core");
        report.AtMost($"memory of the four services with {accounts.Length:N0} accounts", rig.Processes.Sum(ProcessUsage.Megabytes), "the goal", 1_200, "MB", 1);
        rig.Report("many", report);

        double[] Read() =>
        [
            rig.Processes.Sum(ProcessUsage.ProcessorSeconds),
            ProcessUsage.ProcessorSecondsWithChildren(postgres),
            rig.Redis is { } redis ? ProcessUsage.ProcessorSeconds(redis) : double.NaN,
        ];
    }

    private async Task MeasureActionsAsync()
    {
        var tags = new TagService.TagServiceClient(rig.Connect(Service.Tags));
        var events = Math.Min((int)(options.Phase.TotalSeconds * EventsPerSecond), accounts.Length / 3);
        var since = await rig.ScalarAsync<DateTime>("SELECT clock_timestamp()");
        var adds = new List<Task>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / EventsPerSecond));
        while (adds.Count < events && await timer.WaitForNextTickAsync())
        {
            adds.Add(tags.AddTagsAsync(new() { Account = _fresh.Dequeue(), ContactId = 1, TagIds = { Opening.InTag } }).ResponseAsync);
        }

        await Task.WhenAll(adds);
        var latencies = await ActionsAsync(since, events);
        report.AtMost($"tag to action in {events:N0} accounts, p99", Latencies.Percentile(latencies, 0.99), "the goal", 1_000, "ms", 1);
        report.Compare("tag to action, p50", Latencies.Percentile(latencies, 0.5), "the goal of p99", 1_000, "ms");
        report.None("tags without action after a minute", events - latencies.Length, "tags");
    }

    // The milliseconds from each addition of the first tag to the workflow's addition of the second one.
    private async Task<double[]> ActionsAsync(DateTime since, int expected)
    {
        const string sql = """
            SELECT coalesce(array_agg(extract(epoch FROM acted.at - added.at)::float8 * 1000), '{}')
            FROM tags.tag_change AS added
            JOIN tags.tag_change AS acted USING (account_id, contact_id)
            WHERE added.tag_id = @InTag AND acted.tag_id = @OutTag AND added.at >= @since
            """;
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var latencies = await rig.ScalarAsync<double[]>(sql, new { Opening.InTag, Opening.OutTag, since });
            if (latencies.Length >= expected || waited.Elapsed > s_patience)
            {
                return latencies;
            }

            await Task.Delay(250);
        }
    }

    private async Task MeasureCountsAsync()
    {
        await rig.RestartAsync(Service.Segments);
        var segments = new SegmentService.SegmentServiceClient(rig.Connect(Service.Segments));
        var warm = Math.Min(WarmUps, _fresh.Count / 3);
        for (var i = 0; i < warm; i++)
        {
            await CountAsync(segments, _fresh.Dequeue());
        }

        var cold = new List<double>();
        while (cold.Count < ColdCounts && _fresh.TryDequeue(out var account))
        {
            cold.Add(await CountAsync(segments, account));
        }

        report.AtMost($"first count of {cold.Count:N0} cold accounts, p99", Latencies.Percentile(cold, 0.99), "the goal", 50, "ms", 1);
        report.Compare("first count of a cold account, p50", Latencies.Percentile(cold, 0.5), "the goal of p99", 50, "ms");

        var all = Stopwatch.StartNew();
        foreach (var account in accounts)
        {
            await CountAsync(segments, account);
        }

        report.Note($"many: counting in {accounts.Length:N0} accounts one after another took {all.Elapsed.TotalSeconds:N0} s.");
        report.AtMost(
            "peak memory of the segment service, counting in all of them", ProcessUsage.PeakMegabytes(rig[Service.Segments].Id), "its limit", TenantRig.LimitOf(Service.Segments), "MB", 1);
    }

    private static async Task<double> CountAsync(SegmentService.SegmentServiceClient segments, string account)
    {
        var start = Stopwatch.GetTimestamp();
        await segments.CountContactsAsync(new() { Account = account, Source = new FilterSource { SegmentName = Opening.Segment } });
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
