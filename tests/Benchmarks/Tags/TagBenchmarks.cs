namespace TagSegments.Benchmarks.Tags;

/// <summary>
/// The speed of adding tags to contacts and of reading them, compared with rows, in one run on one machine. The groups of rows are <c>bulk</c>,
/// <c>undo</c>, <c>single</c>, <c>library</c>, <c>export</c> and <c>wall</c>.
/// </summary>
internal static class TagBenchmarks
{
    public static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        await using var ours = await TagFixture.StartAsync(options.Contacts);
        await using var rows = await RowModel.CreateAsync(ours.OwnerConnectionString);
        var parts = new Dictionary<string, Func<Task>>
        {
            ["bulk"] = () => BulkSpeed.RunAsync(ours, rows, options, report),
            ["undo"] = () => UndoSpeed.RunAsync(ours, options, report),
            ["single"] = () => SingleSpeed.RunAsync(ours, rows, options, report),
            ["library"] = () => LibrarySpeed.RunAsync(options, report),
            ["export"] = () => ExportCosts.RunAsync(options, report),
            ["wall"] = () => WallPrice.RunAsync(ours, options, report),
        };
        if (options.Rows.FirstOrDefault(name => !parts.ContainsKey(name)) is { } unknown)
        {
            throw new FormatException($"There is no group of rows {unknown}; there are {string.Join(", ", parts.Keys)}.");
        }

        foreach (var (name, run) in parts)
        {
            if (options.Wants(name))
            {
                await run();
            }
        }
    }
}
