using TagSegments.Testing;

namespace TagSegments.Benchmarks.Segments;

/// <summary>
/// The segment engine on generated accounts, through gRPC, in groups of rows. "empty" is a health check on the same host: an empty unary
/// call that passes the same interceptors.
/// </summary>
internal static class SegmentsSuite
{
    public static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        FormattableString name = $"segments_{options.Contacts}_{options.Seed}";
        await using var database = await BenchmarkDatabase.OpenAsync(
            FormattableString.Invariant(name), db => SegmentsData.CreateAsync(db, options));
        await using var db = Npgsql.NpgsqlDataSource.Create(database.OwnerConnectionString);
        var data = new SegmentsData(db, options);
        await data.OpenAsync();
        await using var apps = await TestApps.StartAsync(new TestAppsOptions
        {
            Database = database,
            Services = [Service.Tags, Service.Segments, Service.Campaigns],
            Settings = new Dictionary<string, string?> { ["Segments:ShadowShare"] = "0" },
        });

        var calls = new SegmentCalls(apps);
        var counts = new CountSpeed(options, report, calls, new SqlYardsticks(db, data));
        Dictionary<string, Func<Task>> groups = new()
        {
            ["counts"] = counts.MeasureAsync,
            ["callers"] = counts.MeasureThroughputAsync,
            ["calls"] = new CallSpeed(options, report, calls, apps).MeasureAsync,
            ["lists"] = new ListSpeed(options, report, calls, apps).MeasureAsync,
            ["families"] = new FamiliesSpeed(options, report, calls, apps).MeasureAsync,
            ["growth"] = new Growth(options, report, calls).MeasureAsync,
            ["index"] = new IndexCosts(report, apps, data).MeasureAsync,
            ["wall"] = new WallPrice(new WallTurns(options, report, database), calls).MeasureAsync,
            ["freshness"] = new Freshness(options, report, calls, apps).MeasureAsync,
        };
        foreach (var (group, measure) in groups)
        {
            if (options.Wants(group))
            {
                await measure();
            }
        }
    }
}
