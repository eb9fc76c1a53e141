using Crm.Segments.V1;

namespace TagSegments.Benchmarks.Segments;

/// <summary>Counts, beside the empty call and beside the alternatives, which are asked directly and not through gRPC.</summary>
internal sealed class CountSpeed(BenchmarkOptions options, Report report, SegmentCalls calls, SqlYardsticks yardsticks)
{
    private const double TimesFasterThanRows = 200;

    public async Task MeasureAsync()
    {
        await yardsticks.LoadDuckAsync();
        var sources = new List<FilterSource>();
        foreach (var question in Question.All)
        {
            sources.Add(await calls.ParseAsync(question.Text));
        }

        await Interleaved.WarmUpAsync([calls.EmptyAsync, .. sources.Select(source => (Func<Task>)(() => calls.CountAsync(source)))]);
        foreach (var (question, source) in Question.All.Zip(sources))
        {
            await CompareAsync(question, source);
        }

        await yardsticks.DisposeAsync();
    }

    /// <summary>How many calls a second 64 callers get through.</summary>
    public async Task MeasureThroughputAsync()
    {
        var question = Question.All[1];
        var source = await calls.ParseAsync(question.Text);
        var (empty, ours) = (new List<double>(), new List<double>());
        for (var round = 0; round < options.Rounds; round++)
        {
            empty.Add(await SegmentCalls.PerSecondAsync(calls.EmptyAsync));
            ours.Add(await SegmentCalls.PerSecondAsync(() => calls.CountAsync(source)));
        }

        report.AtLeast($"{question.Name}, 64 callers", Interleaved.Median(ours), "empty call", Interleaved.Median(empty), "calls/s", 0.4);
    }

    private async Task CompareAsync(Question question, FilterSource source)
    {
        // Calls are short: many of them for each repetition of the slow yardsticks.
        var pair = await Interleaved.MedianAsync(options.Rounds * 100, calls.EmptyAsync, () => calls.CountAsync(source));
        var alternatives = new Dictionary<string, Func<Task<long>>>
        {
            ["best SQL on rows"] = () => yardsticks.PostgresAsync(question.RowSql),
            ["DuckDB"] = () => yardsticks.DuckAsync(question.RowSql),
        };
        if (question.ChunkSql is { } chunks)
        {
            alternatives["SQL on chunks"] = () => yardsticks.PostgresAsync(chunks);
        }

        var medians = await Interleaved.MedianAsync(options.Rounds, [.. alternatives.Values]);
        var ours = pair[1];
        await RequireEqualAsync(question, source, alternatives);
        report.AtMost(question.Name, ours, "empty call", pair[0], "ms", question.TargetOfEmpty);
        foreach (var (name, median) in alternatives.Keys.Zip(medians))
        {
            if (question.ChunkSql is null && name == "best SQL on rows" && question.TargetOfEmpty == 4)
            {
                report.AtLeast($"{question.Name}: {name}", median, "ours", ours, "ms", TimesFasterThanRows);
            }
            else
            {
                report.Compare($"{question.Name}: {name}", median, "ours", ours, "ms");
            }
        }
    }

    // Windows end at now, which differs between the answers: nothing happens meanwhile, but events leave the window.
    private async Task RequireEqualAsync(Question question, FilterSource source, Dictionary<string, Func<Task<long>>> alternatives)
    {
        var ours = await calls.CountAsync(source);
        var tolerance = question.ChunkSql is null ? Math.Max(5, ours / 1_000) : 0;
        foreach (var (name, ask) in alternatives)
        {
            var other = await ask();
            if (Math.Abs(ours - other) > tolerance)
            {
                throw new InvalidOperationException($"The answers to \"{question.Name}\" differ: {ours}, and {other} by {name}.");
            }
        }
    }
}
