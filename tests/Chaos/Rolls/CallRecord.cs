using System.Collections.Concurrent;
using Grpc.Core;

namespace TagSegments.Chaos.Rolls;

/// <summary>How long the calls of a phase took, from the time at which each had to begin, and which failed.</summary>
internal sealed class CallRecord
{
    private readonly ConcurrentQueue<double> _milliseconds = new();
    private readonly ConcurrentQueue<string> _failures = new();

    /// <summary>How many calls were answered.</summary>
    public int Answered => _milliseconds.Count;

    /// <summary>The failed calls.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>Notes an answer.</summary>
    public void Add(TimeSpan duration) => _milliseconds.Enqueue(duration.TotalMilliseconds);

    /// <summary>Notes a failure that the retries have not hidden.</summary>
    public void Add(string call, RpcException failure) => _failures.Enqueue($"{call}: {failure.StatusCode} {failure.Status.Detail}");

    /// <summary>The milliseconds that a share of the answered calls does not exceed.</summary>
    public double At(double share)
    {
        double[] sorted = [.. _milliseconds.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
    }
}
