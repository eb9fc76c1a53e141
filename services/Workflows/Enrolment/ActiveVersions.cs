using Dapper;
using Npgsql;
using TagSegments.ServiceDefaults.Memory;
using TagSegments.Workflows.Definitions;

namespace TagSegments.Workflows.Enrolment;

/// <summary>
/// An account that a transaction has locked, with the versions that take events now, at most one of each workflow. They stay as they are until the
/// transaction ends.
/// </summary>
internal sealed record LockedAccount(NpgsqlTransaction Tx, int Id, IReadOnlyList<ActiveVersion> Versions);

/// <summary>
/// The versions of an account that take events, remembered until a publication changes them. An account may have ended any number of versions: they
/// are read where one of them is asked for, and are not remembered.
/// </summary>
internal sealed class ActiveVersions(MemoryBudget memory)
{
    private readonly AccountCache<int, Known> _accounts = new(memory, "workflow versions", (_, known) => known.Bytes);

    /// <summary>Gets the versions as this process saw them last, without a lock: others may have been published since.</summary>
    public IReadOnlyList<ActiveVersion> LastSeen(int accountId) => _accounts.TryGet(accountId, out var known) ? known.Versions : [];

    /// <summary>Locks the account and gets its versions.</summary>
    public async Task<LockedAccount> LockAsync(NpgsqlTransaction tx, int accountId, CancellationToken ct)
    {
        const string sql = "SELECT generation FROM workflows.account WHERE account_id = @accountId FOR UPDATE";
        var generation = await tx.Connection!.ExecuteScalarAsync<long>(new CommandDefinition(sql, new { accountId }, tx, cancellationToken: ct));
        if (!_accounts.TryGet(accountId, out var known) || known.Generation != generation)
        {
            known = await LoadAsync(tx, accountId, generation, ct);
            _accounts.Set(accountId, known);
        }

        return new LockedAccount(tx, accountId, known.Versions);
    }

    /// <summary>
    /// Passes on the versions that ended after an instant, one after the other: they start the events from before their end, which may be read only
    /// now.
    /// </summary>
    public static async Task ReadEndedAsync(LockedAccount account, DateTime after, Action<ActiveVersion> add, CancellationToken ct)
    {
        const string sql = $"SELECT {ActiveVersion.Columns} FROM workflows.workflow_version WHERE account_id = $1 AND active_until > $2";
        await using var command = new NpgsqlCommand(sql, account.Tx.Connection, account.Tx)
        {
            Parameters = { new() { Value = account.Id }, new() { Value = after } },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            add(ActiveVersion.Of(
                reader.GetGuid(0), reader.GetInt32(1), reader.GetString(2), reader.GetString(3), reader.GetDateTime(4), reader.GetDateTime(5)));
        }
    }

    // Publishing keeps them within what a process can hold of an account.
    private static async Task<Known> LoadAsync(NpgsqlTransaction tx, int accountId, long generation, CancellationToken ct)
    {
        const string sql = $"""
            SELECT {ActiveVersion.Columns}
            FROM workflows.workflow_version
            WHERE account_id = @accountId AND active_until IS NULL
            ORDER BY workflow_id
            """;
        var rows = (await tx.Connection!.QueryAsync<(Guid Id, int Version, string Definition, string FirstNodeId, DateTime From, DateTime? Until)>(
            new CommandDefinition(sql, new { accountId }, tx, cancellationToken: ct))).AsList();
        return new Known(
            generation,
            [.. rows.Select(row => ActiveVersion.Of(row.Id, row.Version, row.Definition, row.FirstNodeId, row.From, row.Until))],
            rows.Sum(row => DefinitionJson.Bytes(row.Definition)));
    }

    private sealed record Known(long Generation, IReadOnlyList<ActiveVersion> Versions, long Bytes);
}
