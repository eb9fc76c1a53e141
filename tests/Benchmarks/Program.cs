using TagSegments.Benchmarks;
using TagSegments.Benchmarks.Segments;

return await BenchmarkProgram.RunAsync(args, new Dictionary<string, Func<BenchmarkOptions, Report, Task>>
{
    ["segments"] = SegmentsSuite.RunAsync,
});
