using Dapper;
using Npgsql;

namespace TagSegments.Workflows.Scheduling;

/// <summary>
/// Wakes accounts that have runs to carry out. Changes in this process wake them at once. One query for all accounts finds the runs that have
/// become due or were started by another process: its cost depends on what is due and not on the number of accounts.
/// </summary>
internal sealed class DueWatch(
    WorkDatabase database, AccountWork<RunLane> work, PartitionLeases leases, TimeProvider time, ILogger<DueWatch> logger)
    : PollingService(s_longest, logger)
{
    private const int MostDue = 5_000;

    // The condition of the index run_timer; a parameter would not do. 2 is Run.Types.State.Waiting.
    private const string Waiting = "2";
    private const string HasTimer = $"(step = 1 OR attempt > 1 OR state = {Waiting} OR reason <> '')";
    /// <summary>Since when the oldest run that nobody has carried out is due.</summary>
    public const string OldestDue = $"SELECT due_at FROM workflows.run WHERE due_at <= now() AND {HasTimer} ORDER BY due_at LIMIT 1";

    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(2);
    private TimeSpan _untilNextDue = s_longest;

    /// <summary>Wakes the account.</summary>
    public void Wake(AccountInfo account) => Wake(account.Id, account.Name);

    /// <summary>Wakes the account after a delay, if it ends before the next query; the query finds longer ones.</summary>
    public void Wake(AccountInfo account, TimeSpan delay)
    {
        if (delay <= s_longest)
        {
            // A little late, because a run that is due by the database's clock must not be missed by a moment.
            var timer = Task.Delay(delay + TimeSpan.FromMilliseconds(5), time);
            timer.ContinueWith(_ => Wake(account), TaskScheduler.Default);
        }
    }

    /// <summary>Wakes every account of some partitions that has anything to do: what another process left when it ended.</summary>
    public async Task WakeAllAsync(IReadOnlyCollection<int> partitions, CancellationToken ct)
    {
        const string sql = """
            SELECT account_id, name
            FROM workflows.account
            WHERE account_id % @modulus = ANY(@partitions)
                AND (EXISTS (SELECT FROM workflows.backlog WHERE backlog.account_id = account.account_id)
                    OR EXISTS (SELECT FROM workflows.run WHERE run.account_id = account.account_id AND lane = @single AND due_at <= now())
                    OR EXISTS (SELECT FROM workflows.run WHERE run.account_id = account.account_id AND lane = @bulk AND due_at <= now()))
            """;
        await using var connection = await database.OpenAsync(ct);
        var values = new
        {
            modulus = Partitioner.Partitions,
            partitions = partitions.ToArray(),
            single = (short)RunLane.Single,
            bulk = (short)RunLane.Bulk,
        };
        await WakeAsync(connection.QueryAsync<(int, string)>(new CommandDefinition(sql, values, cancellationToken: ct)));
    }

    /// <summary>The time until the next run is due.</summary>
    protected override TimeSpan Pause => _untilNextDue;

    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        const string dueSql = $"""
            SELECT account_id, count(*)::int
            FROM (
                SELECT account_id
                FROM workflows.run
                WHERE due_at <= now() AND {HasTimer}
                ORDER BY due_at
                LIMIT @MostDue) AS due
            GROUP BY account_id
            """;
        const string nameSql = "SELECT account_id, name FROM workflows.account WHERE account_id = ANY(@accountIds)";
        const string nextSql = $"""
            SELECT NULLIF(due_at, 'infinity') - clock_timestamp()
            FROM workflows.run
            WHERE due_at > now() AND {HasTimer}
            ORDER BY due_at
            LIMIT 1
            """;
        _untilNextDue = s_longest;
        await using var connection = await database.OpenAsync(ct);
        var due = (await connection.QueryAsync<(int AccountId, int Runs)>(
            new CommandDefinition(dueSql, new { MostDue }, cancellationToken: ct))).ToList();
        if (due.Sum(account => account.Runs) == MostDue)
        {
            // One account may have so many that those of others do not show.
            await WakeAllAsync(leases.Held, ct);
            return false;
        }

        int[] accountIds = [.. due.Select(account => account.AccountId).Where(leases.Holds)];
        if (accountIds.Length > 0)
        {
            await WakeAsync(connection.QueryAsync<(int, string)>(new CommandDefinition(nameSql, new { accountIds }, cancellationToken: ct)));
        }

        var next = await connection.QuerySingleOrDefaultAsync<TimeSpan?>(new CommandDefinition(nextSql, cancellationToken: ct)) ?? s_longest;
        _untilNextDue = TimeSpan.FromTicks(Math.Clamp(next.Ticks, s_shortest.Ticks, s_longest.Ticks));
        return false;
    }

    private async Task WakeAsync(Task<IEnumerable<(int AccountId, string Name)>> accounts)
    {
        foreach (var (accountId, name) in await accounts)
        {
            Wake(accountId, name);
        }
    }

    private void Wake(int accountId, string name)
    {
        foreach (var lane in Enum.GetValues<RunLane>())
        {
            work.Wake(accountId, name, lane);
        }
    }
}
