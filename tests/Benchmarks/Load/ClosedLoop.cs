using System.Diagnostics;

namespace TagSegments.Benchmarks.Load;

/// <summary>
/// Callers that make their next call when they have the answer to the last one, each on a connection of its own. One that is refused waits for as long as
/// it is asked to.
/// </summary>
internal static class ClosedLoop
{
    public static async Task<LoadResult> RunAsync(MixedCalls calls, int connections, TimeSpan duration)
    {
        var result = new LoadResult(0);
        using var callers = calls.Connect(connections);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(connection => Task.Run(async () =>
        {
            while (clock.Elapsed < duration)
            {
                var begun = Stopwatch.GetTimestamp();
                var rest = await result.CountAsync(callers.Next(connection), () => Stopwatch.GetElapsedTime(begun));
                if (rest > TimeSpan.Zero && clock.Elapsed < duration)
                    await Task.Delay(rest < duration - clock.Elapsed ? rest : duration - clock.Elapsed);
            }
        })));
        result.Seconds = clock.Elapsed.TotalSeconds;
        return result;
    }
}
