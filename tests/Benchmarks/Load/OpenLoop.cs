using System.Diagnostics;

namespace TagSegments.Benchmarks.Load;

/// <summary>
/// Calls that begin at a steady rate, whether or not others are answered, as those of many independent users do. A duration counts from the time at
/// which the call had to begin: what waits in the client has waited, too (no coordinated omission).
/// </summary>
internal static class OpenLoop
{
    // Beyond this the client would only measure itself.
    private const int MostUnderWay = 20_000;

    public static async Task<LoadResult> RunAsync(MixedCalls calls, int connections, double perSecond, TimeSpan duration)
    {
        var result = new LoadResult(perSecond);
        using var callers = calls.Connect(connections);
        using var room = new SemaphoreSlim(MostUnderWay);
        var clock = Stopwatch.StartNew();
        var underWay = new List<Task>();
        for (var sent = 0; sent < perSecond * duration.TotalSeconds; sent++)
        {
            var due = TimeSpan.FromSeconds(sent / perSecond);
            if (due - clock.Elapsed is { Ticks: > 0 } ahead)
            {
                await Task.Delay(ahead);
            }

            await room.WaitAsync();
            underWay.Add(CallAsync(sent % connections, due));
        }

        await Task.WhenAll(underWay);
        result.Seconds = Math.Max(duration.TotalSeconds, clock.Elapsed.TotalSeconds);
        return result;

        async Task CallAsync(int connection, TimeSpan due)
        {
            try
            {
                await result.CountAsync(callers.Next(connection), () => clock.Elapsed - due);
            }
            finally
            {
                room.Release();
            }
        }
    }
}
