using System.Collections.Concurrent;
using Dapper;
using Npgsql;

namespace TagSegments.Workflows.Scheduling;

/// <summary>
/// Lets the executors of all accounts in this process sleep until there is work. Changes in this process wake them, and so does one query for
/// all of them that finds runs that became due or were made due by another process.
/// </summary>
internal sealed class DueWatch(NpgsqlDataSource database, TimeProvider time, ILogger<DueWatch> logger)
    : PollingService(s_longest, logger)
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(2);
    private readonly ConcurrentDictionary<int, TaskCompletionSource> _sleepers = new();
    private TimeSpan _untilNextDue = s_longest;

    /// <summary>Wakes the executors that wait for the account.</summary>
    public void Wake(int accountId)
    {
        if (_sleepers.TryRemove(accountId, out var sleeper))
        {
            sleeper.TrySetResult();
        }
    }

    /// <summary>Wakes an executor after a delay, if it ends before the next query; the query finds longer ones.</summary>
    public void Wake(int accountId, TimeSpan delay)
    {
        if (delay <= s_longest)
        {
            // A little late, because a run that is due by the database's clock must not be missed by a moment.
            var timer = Task.Delay(delay + TimeSpan.FromMilliseconds(5), time);
            timer.ContinueWith(_ => Wake(accountId), TaskScheduler.Default);
        }
    }

    /// <summary>A task that ends with the next wake-up. Take it before looking for work, so that no call falls between.</summary>
    public Task Next(int accountId) =>
        _sleepers.GetOrAdd(accountId, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>The time until the next run is due.</summary>
    protected override TimeSpan Pause => _untilNextDue;

    // Wakes the accounts that have work.
    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        // Two lanes, each a place in the index run_due.
        const string sql = """
            SELECT account_id,
                   EXISTS (SELECT FROM workflows.backlog WHERE backlog.account_id = asked.account_id)
                   OR EXISTS (SELECT FROM workflows.run WHERE run.account_id = asked.account_id AND lane = @single AND due_at <= now())
                   OR EXISTS (SELECT FROM workflows.run WHERE run.account_id = asked.account_id AND lane = @bulk AND due_at <= now()),
                   NULLIF(LEAST(
                       (SELECT min(due_at) FROM workflows.run WHERE run.account_id = asked.account_id AND lane = @single AND due_at > now()),
                       (SELECT min(due_at) FROM workflows.run WHERE run.account_id = asked.account_id AND lane = @bulk AND due_at > now())),
                       'infinity') - clock_timestamp()
            FROM unnest(@accountIds) AS asked (account_id)
            """;
        _untilNextDue = s_longest;
        if (_sleepers.IsEmpty)
        {
            return false;
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        var accounts = (await connection.QueryAsync<(int AccountId, bool HasWork, TimeSpan? NextDue)>(
            new CommandDefinition(
                sql,
                new { accountIds = _sleepers.Keys.ToArray(), single = (short)RunLane.Single, bulk = (short)RunLane.Bulk },
                cancellationToken: ct))).ToList();
        foreach (var account in accounts.Where(account => account.HasWork))
        {
            Wake(account.AccountId);
        }

        var next = accounts.Min(account => account.NextDue) ?? s_longest;
        _untilNextDue = TimeSpan.FromTicks(Math.Clamp(next.Ticks, s_shortest.Ticks, s_longest.Ticks));
        return false;
    }
}
