using TagSegments.Benchmarks;
using TagSegments.Benchmarks.Campaigns;
using TagSegments.Benchmarks.Segments;

return await BenchmarkProgram.RunAsync(args, new Dictionary<string, Func<BenchmarkOptions, Report, Task>>
{
    ["campaigns"] = CampaignSuite.RunAsync,
    ["segments"] = SegmentsSuite.RunAsync,
});
