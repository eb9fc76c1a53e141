using Dapper;
using Npgsql;

namespace TagSegments.Workflows.Execution;

/// <summary>Shares the accounts out among the processes of this service. Leases run by the database's clock.</summary>
internal sealed class AccountLeases(NpgsqlDataSource database)
{
    private readonly Guid _holder = Guid.CreateVersion7();

    /// <summary>Renews the leases that this process holds, takes those that nobody holds, and returns all of them.</summary>
    public async Task<IReadOnlyDictionary<int, string>> HoldAsync(CancellationToken ct)
    {
        const string sql = """
            UPDATE workflows.lease AS lease
            SET holder = @holder, held_until = now() + interval '10 seconds'
            FROM workflows.account AS account
            WHERE account.account_id = lease.account_id AND (lease.holder = @holder OR lease.held_until < now())
            RETURNING account.account_id, account.name
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        var held = await connection.QueryAsync<(int AccountId, string Name)>(
            new CommandDefinition(sql, new { holder = _holder }, cancellationToken: ct));
        return held.ToDictionary(account => account.AccountId, account => account.Name);
    }

    /// <summary>Gives all leases back, so that another process can go on at once.</summary>
    public async Task ReleaseAsync(CancellationToken ct)
    {
        const string sql = "UPDATE workflows.lease SET holder = NULL, held_until = '-infinity' WHERE holder = @holder";
        await using var connection = await database.OpenConnectionAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition(sql, new { holder = _holder }, cancellationToken: ct));
    }
}
