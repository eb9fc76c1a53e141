using Dapper;
using Npgsql;

namespace TagSegments.Workflows.Scheduling;

/// <summary>
/// Shares the accounts out among the living processes of this service. A process lives for as long as it renews its row; a lease is held for as
/// long as its holder lives and has not given it back. Time is the database's.
/// </summary>
internal sealed class AccountLeases(NpgsqlDataSource database)
{
    /// <summary>This process among the holders of leases.</summary>
    public Guid Self { get; } = Guid.CreateVersion7();

    /// <summary>
    /// Reports that this process is alive, takes the accounts of its share that no living process holds, and returns the accounts of its share
    /// that it holds. The process works for these.
    /// </summary>
    public async Task<IReadOnlyDictionary<int, string>> HoldAsync(CancellationToken ct)
    {
        const string aliveSql = """
            INSERT INTO workflows.process (process_id, alive_until)
            VALUES (@Self, now() + interval '5 seconds')
            ON CONFLICT (process_id) DO UPDATE SET alive_until = EXCLUDED.alive_until;
            DELETE FROM workflows.process WHERE alive_until < now() - interval '1 hour';
            -- What lies further ahead was written before the clock was set back.
            SELECT process_id FROM workflows.process WHERE alive_until BETWEEN now() AND now() + interval '5 seconds'
            """;
        const string leaseSql = "SELECT account_id, account.name, holder FROM workflows.lease JOIN workflows.account USING (account_id)";
        await using var connection = await database.OpenConnectionAsync(ct);
        var processes = (await connection.QueryAsync<Guid>(new CommandDefinition(aliveSql, new { Self }, cancellationToken: ct))).ToHashSet();
        var leases = await connection.QueryAsync<Lease>(new CommandDefinition(leaseSql, cancellationToken: ct));
        var share = leases.Where(lease => AccountPartitioner.OwnerOf(lease.AccountId, processes) == Self).ToList();
        var free = share.Where(lease => lease.Holder is not { } holder || !processes.Contains(holder)).Select(lease => lease.AccountId).ToArray();
        var taken = free.Length > 0 ? await TakeAsync(connection, free, [.. processes], ct) : [];
        return share
            .Where(lease => lease.Holder == Self || taken.Contains(lease.AccountId))
            .ToDictionary(lease => lease.AccountId, lease => lease.Name);
    }

    /// <summary>Releases leases, so that the process whose share the accounts are in can take them.</summary>
    public async Task ReleaseAsync(IReadOnlyCollection<int> accountIds, CancellationToken ct)
    {
        const string sql = "UPDATE workflows.lease SET holder = NULL WHERE holder = @Self AND account_id = ANY(@accountIds)";
        await using var connection = await database.OpenConnectionAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition(sql, new { Self, accountIds = accountIds.ToArray() }, cancellationToken: ct));
    }

    /// <summary>Ends this process as a holder of leases: others take them at once.</summary>
    public async Task LeaveAsync(CancellationToken ct)
    {
        const string sql = "DELETE FROM workflows.process WHERE process_id = @Self";
        await using var connection = await database.OpenConnectionAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition(sql, new { Self }, cancellationToken: ct));
    }

    private async Task<HashSet<int>> TakeAsync(NpgsqlConnection connection, int[] accountIds, Guid[] processes, CancellationToken ct)
    {
        const string sql = """
            UPDATE workflows.lease
            SET holder = @Self
            WHERE account_id = ANY(@accountIds) AND (holder IS NULL OR holder <> ALL(@processes))
            RETURNING account_id
            """;
        return [.. await connection.QueryAsync<int>(new CommandDefinition(sql, new { Self, accountIds, processes }, cancellationToken: ct))];
    }

    private sealed record Lease(int AccountId, string Name, Guid? Holder);
}
