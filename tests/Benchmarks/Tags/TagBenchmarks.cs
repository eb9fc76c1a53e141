namespace TagSegments.Benchmarks.Tags;

/// <summary>How fast tags are put on contacts and read, compared with rows, in one run on one machine.</summary>
internal static class TagBenchmarks
{
    public static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        await using var ours = await TagFixture.StartAsync(options.Contacts);
        await using var rows = await RowModel.CreateAsync(ours.OwnerConnectionString);
        await BulkSpeed.RunAsync(ours, rows, options, report);
        await UndoSpeed.RunAsync(ours, options, report);
        await SingleSpeed.RunAsync(ours, rows, options, report);
        await ReadSpeed.RunAsync(ours, options, report);
    }
}
