using System.Collections.Concurrent;
using Google.Rpc;
using Grpc.Core;

namespace TagSegments.Benchmarks.Load;

/// <summary>What became of the calls of one run.</summary>
/// <param name="offered">The calls per second that were offered; 0 in a closed loop.</param>
internal sealed class LoadResult(double offered)
{
    /// <summary>The deadline of every call, from the time at which it had to begin: an answer after this is of no use to its caller any more.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<double> _milliseconds = new();
    private readonly ConcurrentQueue<double> _lags = new();
    private readonly ConcurrentDictionary<string, int> _failures = new();
    private IReadOnlyList<double>? _sorted;
    private int _refused;
    private int _late;

    /// <summary>The calls per second that were offered; 0 in a closed loop.</summary>
    public double Offered => offered;

    /// <summary>How long the run took in seconds, until its last answer.</summary>
    public double Seconds { get; set; }

    /// <summary>Calls that the services refused because of a limit.</summary>
    public int Refused => _refused;

    /// <summary>Calls that were not answered within their deadline.</summary>
    public int Late => _late + _milliseconds.Count(milliseconds => milliseconds > Deadline.TotalMilliseconds);

    /// <summary>Calls that failed otherwise.</summary>
    public int Failed => _failures.Values.Sum();

    /// <summary>The failures by status.</summary>
    public string Failures => string.Join(", ", _failures.Select(failure => $"{failure.Value:N0} {failure.Key}"));

    /// <summary>Calls per second that succeeded.</summary>
    public double PerSecond => _milliseconds.Count / Seconds;

    /// <summary>Calls per second that succeeded within their deadline: the goodput.</summary>
    public double GoodPerSecond => _milliseconds.Count(milliseconds => milliseconds <= Deadline.TotalMilliseconds) / Seconds;

    /// <summary>The milliseconds by which 99 of 100 calls were sent after their time at most. Beyond the deadline, the client is too slow to measure.</summary>
    public double Lag => At(0.99, [.. _lags.Order()]);

    /// <summary>The milliseconds that a share of the successful calls does not exceed.</summary>
    public double At(double share)
    {
        _sorted ??= [.. _milliseconds.Order()];
        return At(share, _sorted);
    }

    private static double At(double share, IReadOnlyList<double> sorted) =>
        sorted.Count == 0 ? double.NaN : sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))];

    /// <summary>Makes a call and notes how long after its time it was answered. Returns how long the caller was asked to wait before its next one.</summary>
    public async Task<TimeSpan> CountAsync(Func<DateTime, Task> call, Func<TimeSpan> sinceItsTime)
    {
        var lag = sinceItsTime();
        _lags.Enqueue(lag.TotalMilliseconds);
        try
        {
            await call(DateTime.UtcNow + Deadline - lag);
            _milliseconds.Enqueue(sinceItsTime().TotalMilliseconds);
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.ResourceExhausted)
        {
            Interlocked.Increment(ref _refused);
            return e.GetRpcStatus()?.GetDetail<RetryInfo>()?.RetryDelay.ToTimeSpan() ?? TimeSpan.Zero;
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.DeadlineExceeded)
        {
            Interlocked.Increment(ref _late);
        }
        catch (RpcException e)
        {
            _failures.AddOrUpdate(e.StatusCode.ToString(), 1, (_, count) => count + 1);
        }

        return TimeSpan.Zero;
    }
}
