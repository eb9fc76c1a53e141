namespace TagSegments.Benchmarks.Campaigns;

/// <summary>What campaigns cost: freezing an audience, sending, recording what recipients do.</summary>
internal static class CampaignSuite
{
    public static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        await SnapshotSpeed.RunAsync(options, report);
        await SendSpeed.RunAsync(options, report);
        await RecordSpeed.RunAsync(options, report);
    }
}
