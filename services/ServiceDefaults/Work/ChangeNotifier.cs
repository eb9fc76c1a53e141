using Dapper;
using Microsoft.Extensions.Logging;
using TagSegments.ServiceDefaults.Data;

namespace TagSegments.ServiceDefaults.Work;

/// <summary>
/// Notices when account clocks in <paramref name="table"/> (<c>account_id</c>, <c>pos</c>) move: one short query per tick for all waiters of
/// this process, and none without waiters. It does not use NOTIFY, because PostgreSQL serialises the commits of all notifying transactions.
/// </summary>
public sealed class ChangeNotifier(WorkDatabase database, string table, TimeProvider time, ILogger<ChangeNotifier> logger)
    : PollingService(TimeSpan.FromMilliseconds(50), logger)
{
    private readonly List<Waiter> _waiters = [];

    /// <inheritdoc/>
    protected override TimeSpan Pause
    {
        get
        {
            lock (_waiters)
            {
                return _waiters.Count == 0 ? Timeout.InfiniteTimeSpan : base.Pause;
            }
        }
    }

    /// <summary>Waits until the account's clock is past <paramref name="pos"/>; false if that takes longer than <paramref name="patience"/>.</summary>
    public async Task<bool> WaitAsync(int accountId, long pos, TimeSpan patience, CancellationToken ct)
    {
        var waiter = new Waiter(accountId, pos, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        bool isFirst;
        lock (_waiters)
        {
            isFirst = _waiters.Count == 0;
            _waiters.Add(waiter);
        }

        if (isFirst)
        {
            Wake();
        }

        try
        {
            await waiter.Moved.Task.WaitAsync(patience, time, ct);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            lock (_waiters)
            {
                _waiters.Remove(waiter);
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        var sql = $"SELECT account_id, pos FROM {table} WHERE account_id = ANY (@accountIds)";
        Waiter[] waiters;
        lock (_waiters)
        {
            waiters = [.. _waiters];
        }

        if (waiters.Length == 0)
        {
            return false;
        }

        var accountIds = waiters.Select(waiter => waiter.AccountId).Distinct().ToArray();
        await using var connection = await database.OpenAsync(ct);
        var clocks = (await connection.QueryAsync<(int AccountId, long Pos)>(new CommandDefinition(sql, new { accountIds }, cancellationToken: ct)))
            .ToDictionary(clock => clock.AccountId, clock => clock.Pos);
        foreach (var waiter in waiters.Where(waiter => clocks.GetValueOrDefault(waiter.AccountId) > waiter.Pos))
        {
            waiter.Moved.TrySetResult();
        }

        return false;
    }

    private sealed record Waiter(int AccountId, long Pos, TaskCompletionSource Moved);
}
