using System.Diagnostics;
using Npgsql;
using TagSegments.ServiceDefaults.Data;

namespace TagSegments.ServiceDefaults.Work;

/// <summary>
/// Lets background work give way to calls. While other accounts call and the database answers late, work rests after each piece: the longer, the
/// longer the database stays late, and never more than a few times as long as the piece took, so it always goes on. It does not rest when nobody
/// else calls, or when there are processors to spare (the same idea as background transfers on a network: LEDBAT, RFC 6817).
/// </summary>
/// <param name="callers">Who calls.</param>
/// <param name="measure">Measures how long the database takes for a trivial statement.</param>
/// <param name="time">The clock of the rests.</param>
public sealed class BackgroundPace(RecentCallers callers, Func<CancellationToken, Task<TimeSpan>> measure, TimeProvider time)
{
    /// <summary>The longest rest, as a multiple of the time that a piece took.</summary>
    public const double MostRest = 6;

    // A healthy database differs less from its best.
    private static readonly TimeSpan s_late = TimeSpan.FromMilliseconds(1.5);
    private static readonly TimeSpan s_longestRest = TimeSpan.FromSeconds(2);
    // The best of this and the period before is the yardstick, so a database that has moved further away is not late forever.
    private static readonly TimeSpan s_period = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private TimeSpan _best = TimeSpan.MaxValue;
    private TimeSpan _bestBefore = TimeSpan.MaxValue;
    private long _periodStart;
    private double _rest;

    /// <summary>Measures with statements of work.</summary>
    public BackgroundPace(RecentCallers callers, WorkDatabase database, TimeProvider time)
        : this(callers, ct => MeasureAsync(database, ct), time)
    {
    }

    /// <summary>Rests after a piece of background work of an account, if it has to.</summary>
    public async Task RestAsync(int accountId, TimeSpan worked, CancellationToken ct)
    {
        if (!callers.AreOthers(accountId))
        {
            return;
        }

        var rest = worked * Adapt(await measure(ct));
        if (rest > TimeSpan.Zero)
        {
            await Task.Delay(rest < s_longestRest ? rest : s_longestRest, time, ct);
        }
    }

    // Rests grow quickly and shrink slowly, so that calls seldom meet the moment at which there is too much work again.
    private double Adapt(TimeSpan delay)
    {
        lock (_gate)
        {
            if (_periodStart == 0 || time.GetElapsedTime(_periodStart) > s_period)
            {
                (_bestBefore, _best, _periodStart) = (_best, TimeSpan.MaxValue, time.GetTimestamp());
            }

            _best = delay < _best ? delay : _best;
            var yardstick = _best < _bestBefore ? _best : _bestBefore;
            _rest = delay - yardstick > s_late ? Math.Min(MostRest, _rest + 1) : Math.Max(0, _rest - 0.05);
            return _rest;
        }
    }

    private static async Task<TimeSpan> MeasureAsync(WorkDatabase database, CancellationToken ct)
    {
        try
        {
            await using var connection = await database.OpenAsync(ct);
            await using var command = new NpgsqlCommand("SELECT 1", connection);
            var begun = Stopwatch.GetTimestamp();
            await command.ExecuteScalarAsync(ct);
            return Stopwatch.GetElapsedTime(begun);
        }
        catch (NpgsqlException)
        {
            // The work itself will report what is wrong.
            return s_longestRest;
        }
    }
}
