namespace TagSegments.Benchmarks.Segments;

/// <summary>The price of row-level security: counts with the wall between accounts, and without it.</summary>
internal sealed class WallPrice(WallTurns turns, SegmentCalls calls)
{
    private const int CallsPerTurn = 50;
    private const int LongCallsPerTurn = 5;
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
            await turns.CompareAsync(question.Name, CallsPerTurn, count);
        }

        // Each one is new, so PostgreSQL is asked.
        await turns.CompareAsync("count by a field that is not in memory", LongCallsPerTurn, () => CountAsync($"score > {NextScore()}"));
        await turns.CompareAsync(
            "count by an opportunity that is not in memory", LongCallsPerTurn, () => CountAsync($"has opportunity (amount > {NextScore()})"));
    }

    private async Task CountAsync(FormattableString text) =>
        await calls.CountAsync(await calls.ParseAsync(FormattableString.Invariant(text)));

    private double NextScore() => 20 + (Interlocked.Increment(ref _score) / 100_000.0);
}
