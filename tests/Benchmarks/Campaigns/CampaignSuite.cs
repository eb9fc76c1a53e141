namespace TagSegments.Benchmarks.Campaigns;

/// <summary>The costs of campaigns: freezing an audience, sending, recording the activity of recipients.</summary>
internal static class CampaignSuite
{
    private static readonly (string Group, Func<BenchmarkOptions, Report, Task> RunAsync)[] s_groups =
        [("freeze", SnapshotSpeed.RunAsync), ("send", SendSpeed.RunAsync), ("record", RecordSpeed.RunAsync)];

    public static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        foreach (var (_, runAsync) in s_groups.Where(group => options.Wants(group.Group)))
        {
            await runAsync(options, report);
        }
    }
}
