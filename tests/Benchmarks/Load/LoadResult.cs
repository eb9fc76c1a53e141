using System.Collections.Concurrent;
using Grpc.Core;
using TagSegments.Benchmarks.Tenants;

namespace TagSegments.Benchmarks.Load;

/// <summary>What became of the calls of one run.</summary>
/// <param name="offered">The calls per second that were offered; 0 in a closed loop.</param>
internal sealed class LoadResult(double offered)
{
    /// <summary>An answer after this is of no use to its caller any more.</summary>
    public static readonly TimeSpan Late = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<double> _milliseconds = new();
    private readonly ConcurrentDictionary<string, int> _failures = new();
    private IReadOnlyList<double>? _sorted;
    private int _refused;

    /// <summary>The calls per second that were offered; 0 in a closed loop.</summary>
    public double Offered => offered;

    /// <summary>How long the run took in seconds, until its last answer.</summary>
    public double Seconds { get; set; }

    /// <summary>Calls that the services refused because of a limit.</summary>
    public int Refused => _refused;

    /// <summary>Calls that failed otherwise.</summary>
    public int Failed => _failures.Values.Sum();

    /// <summary>The failures by status.</summary>
    public string Failures => string.Join(", ", _failures.Select(failure => $"{failure.Value:N0} {failure.Key}"));

    /// <summary>Calls per second that succeeded.</summary>
    public double PerSecond => _milliseconds.Count / Seconds;

    /// <summary>Calls per second that succeeded in time.</summary>
    public double GoodPerSecond => _milliseconds.Count(milliseconds => milliseconds <= Late.TotalMilliseconds) / Seconds;

    /// <summary>The milliseconds that a share of the successful calls does not exceed.</summary>
    public double At(double share)
    {
        _sorted ??= [.. _milliseconds.Order()];
        return _sorted.Count == 0 ? double.NaN : _sorted[Math.Min(_sorted.Count - 1, (int)(_sorted.Count * share))];
    }

    /// <summary>Makes a call and notes how long after its time it was answered.</summary>
    public async Task CountAsync(Func<Task> call, Func<TimeSpan> sinceItsTime)
    {
        try
        {
            await call();
            _milliseconds.Enqueue(sinceItsTime().TotalMilliseconds);
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.ResourceExhausted)
        {
            Interlocked.Increment(ref _refused);
        }
        catch (RpcException e)
        {
            _failures.AddOrUpdate(e.StatusCode.ToString(), 1, (_, count) => count + 1);
        }
    }
}
