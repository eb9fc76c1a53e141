using System.Net.Sockets;
using Polly;
using Polly.CircuitBreaker;

namespace TagSegments.ServiceDefaults.Egress;

/// <summary>What is known of a host that an account calls: whether it answers, how fast, and when the next refused call has its turn.</summary>
internal sealed class DestinationRecord
{
    private static readonly TimeSpan s_firstBreak = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_longestBreak = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_soonest = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_latest = TimeSpan.FromMinutes(1);
    private readonly EgressOptions _options;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline _breaker;
    private readonly Lock _lock = new();
    private double _secondsPerCall = 0.1;
    private DateTimeOffset _lastTurn;

    public DestinationRecord(EgressOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _breaker = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                // Whatever else is thrown comes from an answer, or from us.
                ShouldHandle = new PredicateBuilder()
                    .Handle<HttpRequestException>().Handle<SocketException>().Handle<IOException>().Handle<TimeoutException>(),
                FailureRatio = 1,
                MinimumThroughput = options.FailuresUntilBreak,
                SamplingDuration = TimeSpan.FromMinutes(1),
                BreakDurationGenerator = e => ValueTask.FromResult(Min(s_firstBreak * Math.Pow(2, Math.Min(e.HalfOpenAttempts, 10)), s_longestBreak)),
            })
            .Build();
    }

    /// <summary>
    /// Makes a call, unless the host has not answered for a while. Then one call is let through from time to time to see whether it answers again.
    /// </summary>
    public async Task<T> RunAsync<T>(string host, Func<CancellationToken, Task<T>> call, CancellationToken ct)
    {
        try
        {
            return await _breaker.ExecuteAsync(async token => await MeasureAsync(call, token), ct);
        }
        catch (BrokenCircuitException)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, $"{host} does not answer; it is called again later.");
        }
    }

    /// <summary>
    /// When the next refused call has its turn. Turns follow one another as fast as the host has answered, so that those who wait come back in
    /// order and find room, and not all at once.
    /// </summary>
    public TimeSpan NextTurn()
    {
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            var step = TimeSpan.FromSeconds(Math.Max(_secondsPerCall / _options.CallsPerAccountAndHost, 1.0 / _options.CallsPerSecond));
            var first = now + s_soonest;
            _lastTurn = (_lastTurn > first ? _lastTurn : first) + step;
            var wait = Min(_lastTurn - now, s_latest);
            _lastTurn = now + wait;
            return wait;
        }
    }

    private async Task<T> MeasureAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken ct)
    {
        var started = _time.GetTimestamp();
        try
        {
            return await call(ct);
        }
        finally
        {
            lock (_lock)
            {
                _secondsPerCall += (_time.GetElapsedTime(started).TotalSeconds - _secondsPerCall) / 8;
            }
        }
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
