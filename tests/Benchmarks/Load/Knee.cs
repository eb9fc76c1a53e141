namespace TagSegments.Benchmarks.Load;

/// <summary>
/// Finds the highest rate that is answered fast and in full: beyond it, more load only makes waiting longer. A rate that misses is tried once more,
/// because a machine does other things as well.
/// </summary>
internal static class Knee
{
    /// <summary>A 99th percentile above this is beyond the knee.</summary>
    public static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(250);

    private const double First = 20;
    private const double Most = 50_000;
    private const double Step = 1.4;
    private const double Answered = 0.95;

    public static async Task<LoadResult> FindAsync(MixedCalls calls, int connections, TimeSpan duration, Action<LoadResult> tell)
    {
        LoadResult? best = null;
        for (var rate = First; rate < Most; rate *= Step)
        {
            var result = await TryAsync(rate);
            if (Misses(result, rate))
                result = await TryAsync(rate);
            if (Misses(result, rate))
                return best ?? result;

            best = result;
        }

        return best!;

        async Task<LoadResult> TryAsync(double rate)
        {
            var result = await OpenLoop.RunAsync(calls, connections, rate, duration);
            tell(result);
            return result;
        }
    }

    private static bool Misses(LoadResult result, double rate) => result.GoodPerSecond < Answered * rate || result.At(0.99) > Slow.TotalMilliseconds;
}
