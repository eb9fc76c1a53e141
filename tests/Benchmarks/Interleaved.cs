using System.Diagnostics;

namespace TagSegments.Benchmarks;

/// <summary>
/// Measures things in turns, round by round: machines are noisy, and values that are compared must have met the same noise. Only ratios of
/// measurements of one run mean something.
/// </summary>
internal static class Interleaved
{
    /// <summary>Runs each action once to warm up and then <paramref name="rounds"/> times in turns; returns their median milliseconds.</summary>
    public static async Task<double[]> MedianAsync(int rounds, params Func<Task>[] actions)
    {
        foreach (var action in actions)
        {
            await action();
        }

        var times = actions.Select(_ => new List<double>(rounds)).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < actions.Length; i++)
            {
                var start = Stopwatch.GetTimestamp();
                await actions[i]();
                times[i].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        return [.. times.Select(Median)];
    }

    /// <summary>
    /// Runs short calls in turns without measuring them: a process compiles frequent code again, and a connection prepares frequent statements.
    /// That is the cost of a start, not of a call.
    /// </summary>
    public static async Task WarmUpAsync(params Func<Task>[] calls)
    {
        const int times = 2_000;
        for (var i = 0; i < times; i++)
        {
            foreach (var call in calls)
            {
                await call();
            }
        }
    }

    /// <summary>The middle value; the mean of the two middle ones of an even number.</summary>
    public static double Median(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
