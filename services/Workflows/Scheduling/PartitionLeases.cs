using Dapper;
using Npgsql;

namespace TagSegments.Workflows.Scheduling;

/// <summary>
/// Shares the partitions of accounts out among the living processes of this service. A process lives for as long as it renews its row; a lease is
/// held for as long as its holder lives and has not given it back. Time is the database's.
/// </summary>
internal sealed class PartitionLeases(WorkDatabase database)
{
    private volatile HashSet<int> _held = [];

    /// <summary>This process among the holders of leases.</summary>
    public Guid Self { get; } = Guid.CreateVersion7();

    /// <summary>The partitions that this process holds.</summary>
    public IReadOnlyCollection<int> Held => _held;

    /// <summary>Whether this process works for the account.</summary>
    public bool Holds(int accountId) => _held.Contains(Partitioner.PartitionOf(accountId));

    /// <summary>
    /// Reports that this process is alive, takes the partitions of its share that no living process holds, and returns the partitions that it has
    /// gained and the ones that it has to release: they are not free for others before.
    /// </summary>
    public async Task<(IReadOnlyList<int> Gained, IReadOnlyList<int> Lost)> RenewAsync(CancellationToken ct)
    {
        const string aliveSql = """
            INSERT INTO workflows.worker (worker_id, alive_until)
            VALUES (@Self, now() + interval '5 seconds')
            ON CONFLICT (worker_id) DO UPDATE SET alive_until = EXCLUDED.alive_until;
            DELETE FROM workflows.worker WHERE alive_until < now() - interval '1 hour';
            -- What lies further ahead was written before the clock was set back.
            SELECT worker_id FROM workflows.worker WHERE alive_until BETWEEN now() AND now() + interval '5 seconds'
            """;
        const string leaseSql = "SELECT partition_id, holder FROM workflows.partition";
        await using var connection = await database.OpenAsync(ct);
        var processes = (await connection.QueryAsync<Guid>(new CommandDefinition(aliveSql, new { Self }, cancellationToken: ct))).ToHashSet();
        var leases = (await connection.QueryAsync<Lease>(new CommandDefinition(leaseSql, cancellationToken: ct))).ToList();
        var share = leases.Where(lease => Partitioner.OwnerOf(lease.PartitionId, processes) == Self).ToList();
        var free = share.Where(lease => lease.Holder is not { } holder || !processes.Contains(holder)).Select(lease => lease.PartitionId).ToArray();
        var taken = free.Length > 0 ? await TakeAsync(connection, free, [.. processes], ct) : [];
        var before = _held;
        _held = [.. share.Where(lease => lease.Holder == Self || taken.Contains(lease.PartitionId)).Select(lease => lease.PartitionId)];
        return ([.. _held.Except(before)], [.. leases.Where(lease => lease.Holder == Self).Select(lease => lease.PartitionId).Except(_held)]);
    }

    /// <summary>Releases leases, so that the process whose share the partitions are in can take them.</summary>
    public async Task ReleaseAsync(IReadOnlyCollection<int> partitions, CancellationToken ct)
    {
        const string sql = "UPDATE workflows.partition SET holder = NULL WHERE holder = @Self AND partition_id = ANY(@partitions)";
        await using var connection = await database.OpenAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition(sql, new { Self, partitions = partitions.ToArray() }, cancellationToken: ct));
    }

    /// <summary>Begins no more work; the leases stay until this process leaves.</summary>
    public void HoldNothing() => _held = [];

    /// <summary>Ends this process as a holder of leases: others take them at once.</summary>
    public async Task LeaveAsync(CancellationToken ct)
    {
        const string sql = "DELETE FROM workflows.worker WHERE worker_id = @Self";
        await using var connection = await database.OpenAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition(sql, new { Self }, cancellationToken: ct));
    }

    private async Task<HashSet<int>> TakeAsync(NpgsqlConnection connection, int[] partitions, Guid[] processes, CancellationToken ct)
    {
        const string sql = """
            UPDATE workflows.partition
            SET holder = @Self
            WHERE partition_id = ANY(@partitions) AND (holder IS NULL OR holder <> ALL(@processes))
            RETURNING partition_id
            """;
        return [.. await connection.QueryAsync<int>(new CommandDefinition(sql, new { Self, partitions, processes }, cancellationToken: ct))];
    }

    private sealed record Lease(int PartitionId, Guid? Holder);
}
