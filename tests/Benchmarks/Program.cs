using TagSegments.Benchmarks;

return await BenchmarkProgram.RunAsync(args, new Dictionary<string, Func<BenchmarkOptions, Report, Task>>
{
});
