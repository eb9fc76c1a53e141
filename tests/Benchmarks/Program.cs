using TagSegments.Benchmarks;
using TagSegments.Benchmarks.Campaigns;
using TagSegments.Benchmarks.Load;
using TagSegments.Benchmarks.Segments;
using TagSegments.Benchmarks.Tags;
using TagSegments.Benchmarks.Tenants;
using TagSegments.Benchmarks.WebConsole;
using TagSegments.Benchmarks.Workflows;

return await BenchmarkProgram.RunAsync(args, new Dictionary<string, Func<BenchmarkOptions, Report, Task>>
{
    ["campaigns"] = CampaignSuite.RunAsync,
    ["console"] = ConsoleSuite.RunAsync,
    ["load"] = LoadSuite.RunAsync,
    ["segments"] = SegmentsSuite.RunAsync,
    ["tags"] = TagBenchmarks.RunAsync,
    ["tenants"] = TenantSuite.RunAsync,
    ["workflows"] = WorkflowSuite.RunAsync,
});
