using TagSegments.Testing;

namespace TagSegments.Benchmarks.Segments;

/// <summary>The price of row-level security: counts with the wall between accounts, and without it.</summary>
internal sealed class WallPrice(BenchmarkOptions options, Report report, SegmentCalls calls, TestDatabase database)
{
    private const double MostDearer = 1.05;
    private const int CallsPerTurn = 100;
    private int _score;

    public async Task MeasureAsync()
    {
        var counts = new List<Func<Task>>();
        foreach (var question in Question.All)
        {
            var source = await calls.ParseAsync(question.Text);
            counts.Add(() => calls.CountAsync(source));
        }

        await Interleaved.WarmUpAsync([.. counts]);
        foreach (var (question, count) in Question.All.Zip(counts))
        {
            await CompareAsync(question.Name, count);
        }

        // Each one is new, so PostgreSQL is asked.
        await CompareAsync("count by a field that is not in memory", () => CountAsync($"score > {NextScore()}"));
        await CompareAsync("count by an opportunity that is not in memory", () => CountAsync($"has opportunity (amount > {NextScore()})"));
    }

    private async Task CountAsync(FormattableString text) =>
        await calls.CountAsync(await calls.ParseAsync(FormattableString.Invariant(text)));

    private double NextScore() => 20 + (Interlocked.Increment(ref _score) / 100_000.0);

    private async Task CompareAsync(string name, Func<Task> count)
    {
        var (with, without) = (new List<double>(), new List<double>());
        for (var round = 0; round < options.Rounds; round++)
        {
            await Wall.RaiseAsync(database);
            with.Add((await Interleaved.MedianAsync(CallsPerTurn, count))[0]);
            await Wall.LowerAsync(database);
            without.Add((await Interleaved.MedianAsync(CallsPerTurn, count))[0]);
        }

        await Wall.RaiseAsync(database);
        report.AtMost(name, Interleaved.Median(with), "without the wall", Interleaved.Median(without), "ms", MostDearer);
    }
}
