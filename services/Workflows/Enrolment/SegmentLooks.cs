using Dapper;
using Npgsql;
using TagSegments.Workflows.Scheduling;

namespace TagSegments.Workflows.Enrolment;

/// <summary>An account whose segments are to be read.</summary>
internal sealed record SegmentLook(int AccountId, string Name);

/// <summary>When the segments of accounts are read, in the rows of the accounts: one place of an index for each account that watches segments.</summary>
internal sealed class SegmentLooks(AccountDatabase database, WorkDatabase work, SegmentWatchOptions options)
{
    /// <summary>Brings the next reading forward: something has happened to a contact of the account. The caller has locked the account.</summary>
    public static Task TouchAsync(LockedAccount account, CancellationToken ct)
    {
        const string sql = """
            UPDATE workflows.account
            SET look_at = GREATEST(look_after, clock_timestamp())
            WHERE account_id = @Id AND look_at > GREATEST(look_after, clock_timestamp())
            """;
        return account.Tx.Connection!.ExecuteAsync(new CommandDefinition(sql, new { account.Id }, account.Tx, cancellationToken: ct));
    }

    /// <summary>Takes accounts that are due, and puts their next reading off: what happens from now on brings it forward again.</summary>
    public async Task<IReadOnlyList<SegmentLook>> TakeAsync(IReadOnlyCollection<int> partitions, int limit, CancellationToken ct)
    {
        const string sql = """
            UPDATE workflows.account
            SET look_at = clock_timestamp() + @every, look_after = clock_timestamp() + @afterEvent
            WHERE account_id IN (
                SELECT account_id
                FROM workflows.account
                WHERE look_at <= now() AND account_id % @modulus = ANY(@partitions)
                ORDER BY look_at
                LIMIT @limit
                FOR UPDATE SKIP LOCKED)
            RETURNING account_id, name
            """;
        var values = new
        {
            every = TimeSpan.FromSeconds(options.Seconds),
            afterEvent = TimeSpan.FromSeconds(options.AfterEventSeconds),
            modulus = Partitioner.Partitions,
            partitions = partitions.ToArray(),
            limit,
        };
        await using var connection = await work.OpenAsync(ct);
        return [.. await connection.QueryAsync<SegmentLook>(new CommandDefinition(sql, values, cancellationToken: ct))];
    }

    /// <summary>Puts a reading after an event off for longer, at most until the next one without an event.</summary>
    public async Task RestAsync(int accountId, TimeSpan rest, CancellationToken ct)
    {
        const string sql = """
            UPDATE workflows.account
            SET look_at = GREATEST(look_at, clock_timestamp() + @rest), look_after = GREATEST(look_after, clock_timestamp() + @rest)
            WHERE account_id = @accountId
            """;
        rest = rest < TimeSpan.FromSeconds(options.Seconds) ? rest : TimeSpan.FromSeconds(options.Seconds);
        await using var connection = await database.OpenAsync(accountId, ct);
        await connection.ExecuteAsync(new CommandDefinition(sql, new { accountId, rest }, cancellationToken: ct));
    }

    /// <summary>Ends the readings of an account whose workflows no longer watch segments. The caller has locked the account.</summary>
    public static Task EndAsync(LockedAccount account, CancellationToken ct)
    {
        const string sql = "UPDATE workflows.account SET look_at = NULL WHERE account_id = @Id";
        return account.Tx.Connection!.ExecuteAsync(new CommandDefinition(sql, new { account.Id }, account.Tx, cancellationToken: ct));
    }
}
