using System.Collections.Concurrent;
using Grpc.Core;

namespace TagSegments.Benchmarks.Tenants;

/// <summary>The durations of calls that run side by side, and the statuses of failed ones.</summary>
internal sealed class Latencies
{
    private readonly ConcurrentBag<double> _milliseconds = [];
    private readonly ConcurrentDictionary<StatusCode, (int Count, string First)> _failures = [];

    public IEnumerable<double> Milliseconds => _milliseconds;

    public int Count => _milliseconds.Count;

    /// <summary>The number of calls that failed.</summary>
    public int Failed => _failures.Values.Sum(failure => failure.Count);

    public void Add(double milliseconds) => _milliseconds.Add(milliseconds);

    public void Fail(RpcException e) => _failures.AddOrUpdate(
        e.StatusCode, (1, e.Status.Detail), (_, failure) => (failure.Count + 1, failure.First));

    /// <summary>The value that a share of all values does not exceed, for example 0.99.</summary>
    public double Percentile(double share) => Percentile([.. _milliseconds], share);

    /// <summary>The value that a share of the values does not exceed; not a number without values.</summary>
    public static double Percentile(IReadOnlyCollection<double> values, double share) =>
        values.Count == 0 ? double.NaN : values.Order().ElementAt(Math.Min(values.Count - 1, (int)(values.Count * share)));

    /// <summary>How many calls succeeded and failed, with what the first one of each status said, for people.</summary>
    public override string ToString() => string.Join(", ", _failures.OrderBy(failure => failure.Key)
        .Select(failure => $"{failure.Value.Count:N0} {failure.Key} ({failure.Value.First})").Prepend($"{Count:N0} OK"));
}
