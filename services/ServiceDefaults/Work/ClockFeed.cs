using Dapper;
using Microsoft.Extensions.Logging;
using TagSegments.ServiceDefaults.Data;

namespace TagSegments.ServiceDefaults.Work;

/// <summary>
/// Reports which accounts' clocks have moved: one short query per tick for all accounts and all watchers of this process, whose cost depends on
/// what has happened and not on the number of accounts. Every watcher also gets all clocks from time to time, so a move that a tick missed is
/// late and not lost.
/// </summary>
/// <param name="database">The database.</param>
/// <param name="clocks">The table of clocks: <c>account_id</c>, <c>pos</c>.</param>
/// <param name="commits">The table of their moves: <c>account_id</c>, <c>pos</c>, <c>committed_at</c>, with an index on the time.</param>
/// <param name="all">How often all clocks are reported.</param>
/// <param name="time">What time it is.</param>
/// <param name="logger">Where errors are logged.</param>
public sealed class ClockFeed(
    WorkDatabase database, string clocks, string commits, TimeSpan all, TimeProvider time, ILogger<ClockFeed> logger)
    : PollingService(TimeSpan.FromMilliseconds(50), logger)
{
    private const int MostAtOnce = 10_000;
    // Shorter than what a tick looks back.
    private static readonly TimeSpan s_late = TimeSpan.FromSeconds(1);
    // When nothing has moved for some time, a move is noticed a little later.
    private static readonly TimeSpan s_untilIdle = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_idlePause = TimeSpan.FromMilliseconds(400);
    private readonly List<ClockWatcher> _watchers = [];
    private Dictionary<int, long> _reported = [];
    private long _lastTick;
    private long _lastMove;

    /// <inheritdoc/>
    protected override TimeSpan Pause => time.GetElapsedTime(_lastMove) < s_untilIdle ? base.Pause : s_idlePause;

    /// <summary>Sends clocks, each as it was or later, until it is cancelled; an empty list is a heartbeat.</summary>
    public async Task WatchAsync(Func<IReadOnlyCollection<KeyValuePair<int, long>>, Task> sendAsync, CancellationToken ct)
    {
        // It watches before all clocks are read, so nothing falls between.
        var watcher = new ClockWatcher();
        lock (_watchers)
        {
            _watchers.Add(watcher);
        }

        try
        {
            while (true)
            {
                await SendAllAsync(sendAsync, ct);
                var until = time.GetUtcNow() + all;
                while (await watcher.NextAsync(until - time.GetUtcNow(), ct) is { } moved)
                {
                    await sendAsync(moved);
                }
            }
        }
        finally
        {
            lock (_watchers)
            {
                _watchers.Remove(watcher);
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        // The time of a move is taken when it locks the clock, just before its commit, so a tick also looks at what the ticks before have seen.
        var sql = $"""
            SELECT account_id, max(pos)
            FROM (
                SELECT account_id, pos
                FROM {commits}
                WHERE committed_at > now() - interval '3 seconds'
                ORDER BY committed_at DESC
                LIMIT 2000) AS recent
            GROUP BY account_id
            """;
        ClockWatcher[] watchers;
        lock (_watchers)
        {
            watchers = [.. _watchers];
        }

        if (watchers.Length == 0)
        {
            _lastTick = 0;
            return false;
        }

        var start = time.GetTimestamp();
        await using var connection = await database.OpenAsync(ct);
        var recent = (await connection.QueryAsync<(int AccountId, long Pos)>(new CommandDefinition(sql, cancellationToken: ct)))
            .ToDictionary(clock => clock.AccountId, clock => clock.Pos);
        List<KeyValuePair<int, long>> moved = [.. recent.Where(clock => clock.Value > _reported.GetValueOrDefault(clock.Key))];
        var isLate = _lastTick > 0 && time.GetElapsedTime(_lastTick, start) > s_late;
        foreach (var watcher in watchers)
        {
            watcher.Report(moved, isLate);
        }

        (_reported, _lastTick) = (recent, start);
        _lastMove = moved.Count > 0 ? start : _lastMove;
        return false;
    }

    private async Task SendAllAsync(Func<IReadOnlyCollection<KeyValuePair<int, long>>, Task> sendAsync, CancellationToken ct)
    {
        var page = await ReadPageAsync(int.MinValue, ct);
        await sendAsync(page);
        while (page.Count == MostAtOnce)
        {
            page = await ReadPageAsync(page[^1].Key, ct);
            await sendAsync(page);
        }
    }

    private async Task<List<KeyValuePair<int, long>>> ReadPageAsync(int after, CancellationToken ct)
    {
        var sql = $"SELECT account_id, pos FROM {clocks} WHERE account_id > @after ORDER BY account_id LIMIT {MostAtOnce}";
        await using var connection = await database.OpenAsync(ct);
        var page = await connection.QueryAsync<(int AccountId, long Pos)>(new CommandDefinition(sql, new { after }, cancellationToken: ct));
        return [.. page.Select(clock => KeyValuePair.Create(clock.AccountId, clock.Pos))];
    }
}
