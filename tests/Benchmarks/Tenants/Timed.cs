using System.Diagnostics;

namespace TagSegments.Benchmarks.Tenants;

/// <summary>Measures how long a preparation takes.</summary>
internal static class Timed
{
    public static async Task<(T Result, double Seconds)> RunAsync<T>(Func<Task<T>> action)
    {
        var start = Stopwatch.GetTimestamp();
        var result = await action();
        return (result, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }
}
