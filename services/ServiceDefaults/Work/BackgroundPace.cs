namespace TagSegments.ServiceDefaults.Work;

/// <summary>
/// Lets background work give way to calls. While other accounts call and the database answers late, the work of all services goes one piece at a
/// time, and rests after each: the longer, the more often the database is late, and never more than a few times as long as the piece took, so it
/// always goes on. It goes at full speed when nobody else calls, or when there are processors to spare (the same idea as background transfers on
/// a network: LEDBAT, RFC 6817).
/// </summary>
/// <param name="callers">Who calls.</param>
/// <param name="database">The database that the services share.</param>
/// <param name="time">The clock of the rests.</param>
public sealed class BackgroundPace(RecentCallers callers, ISharedDatabase database, TimeProvider time) : IDisposable
{
    /// <summary>The longest rest, as a multiple of the time that a piece took.</summary>
    public const double MostRest = 9;

    // How much a rest grows when the database is late, and shrinks when it is not. They balance where the database is late 2 times in 100, so the
    // slowest of 100 calls hardly meets it.
    private const double Grows = 1;
    private const double Shrinks = 0.02;

    // An idle database is seldom later than this.
    private static readonly TimeSpan s_late = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan s_longestRest = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(50);
    // A piece that takes long, because a mail server is slow for example, keeps others waiting no longer.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(4);
    // The best of this and the period before is the yardstick, so a database that has moved further away is not late forever.
    private static readonly TimeSpan s_period = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly Lock _gate = new();
    private TimeSpan _best = TimeSpan.MaxValue;
    private TimeSpan _bestBefore = TimeSpan.MaxValue;
    private long _periodStart;
    private double _rest;
    private bool _watches;
    private long _asked;

    /// <summary>Whether background work of an account has to give way at the moment. Small pieces hold up calls less.</summary>
    public bool GivesWay(int accountId) => Rest > 0 && callers.AreOthers(accountId);

    /// <summary>Runs a piece of background work of an account. Cancelling ends the wait before the piece and the rest after it.</summary>
    public async Task<T> RunAsync<T>(int accountId, Func<Task<T>> piece, CancellationToken ct)
    {
        if (!callers.AreOthers(accountId))
        {
            return await piece();
        }

        Watch();
        if (Rest == 0)
        {
            return await piece();
        }

        var isOnly = await _oneAtATime.WaitAsync(s_patience, ct);
        try
        {
            var (result, worked) = await RunAloneAsync(piece, ct);
            await RestAsync(worked, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return result;
        }
        finally
        {
            if (isOnly)
            {
                _oneAtATime.Release();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    private double Rest
    {
        get
        {
            lock (_gate)
            {
                return _rest;
            }
        }
    }

    // Other services have the slot while this one rests.
    private async Task<(T Result, TimeSpan Worked)> RunAloneAsync<T>(Func<Task<T>> piece, CancellationToken ct)
    {
        await using var slot = await database.EnterAsync(s_patience, ct);
        var begun = time.GetTimestamp();
        var result = await piece();
        return (result, time.GetElapsedTime(begun));
    }

    private Task RestAsync(TimeSpan worked, CancellationToken ct)
    {
        var rest = worked * Rest;
        return Task.Delay(rest < s_longestRest ? rest : s_longestRest, time, ct);
    }

    // Measures as long as work asks, at times that do not depend on it: after a piece it would see the database when that has just become idle.
    private void Watch()
    {
        lock (_gate)
        {
            _asked = time.GetTimestamp();
            if (!_watches)
            {
                _watches = true;
                _ = WatchAsync();
            }
        }
    }

    private async Task WatchAsync()
    {
        await Task.Yield();
        while (IsAsked())
        {
            Adapt(await database.MeasureAsync(CancellationToken.None));
            await Task.Delay(s_interval, time, CancellationToken.None);
        }
    }

    private bool IsAsked()
    {
        lock (_gate)
        {
            return _watches = time.GetElapsedTime(_asked) < s_longestRest + s_patience;
        }
    }

    // Rests grow quickly and shrink slowly, so that calls seldom meet the moment at which there is too much work again.
    private void Adapt(TimeSpan delay)
    {
        lock (_gate)
        {
            if (_periodStart == 0 || time.GetElapsedTime(_periodStart) > s_period)
            {
                (_bestBefore, _best, _periodStart) = (_best, TimeSpan.MaxValue, time.GetTimestamp());
            }

            _best = delay < _best ? delay : _best;
            var yardstick = _best < _bestBefore ? _best : _bestBefore;
            _rest = delay - yardstick > s_late ? Math.Min(MostRest, _rest + Grows) : Math.Max(0, _rest - Shrinks);
        }
    }
}
