using Dapper;
using Npgsql;

namespace TagSegments.Testing;

/// <summary>
/// A database with an account that has no statistics yet: alone, as in a new installation, or beside an account that has them, when PostgreSQL takes the new one
/// for an empty one.
/// </summary>
public sealed class EarlyDatabase
{
    /// <summary>The account without statistics.</summary>
    public const int NewAccount = 2;

    /// <summary>The number of rows, of which statements ask about some.</summary>
    public const int Rows = 5_000;

    /// <summary>The number of rows that are asked about.</summary>
    public const int AskedRows = 50;

    private const int OtherAccount = 1;
    private readonly TestDatabase _database;
    private readonly string[] _tables;

    private EarlyDatabase(TestDatabase database, string[] tables) => (_database, _tables) = (database, tables);

    /// <summary>The contacts that are asked about.</summary>
    public static int[] Asked => [.. Enumerable.Range(1, AskedRows).Select(i => i * (Rows / AskedRows))];

    /// <summary>Creates a database in which these tables get no statistics by themselves.</summary>
    public static async Task<EarlyDatabase> CreateAsync(params string[] tables)
    {
        var database = await (await PostgresFixture.SharedAsync()).CreateDatabaseAsync();
        await using var owner = new NpgsqlConnection(database.OwnerConnectionString);
        foreach (var table in tables)
        {
            await owner.ExecuteAsync($"ALTER TABLE {table} SET (autovacuum_enabled = false)");
        }

        return new(database, tables);
    }

    /// <summary>Deletes the database.</summary>
    public async Task DeleteAsync() => await _database.DisposeAsync();

    /// <summary>Fills the new account with SQL of the parameters @account, @Rows and @flag, and the other one, too, which gets statistics.</summary>
    public async Task FillAsync(bool beside, string sql, bool flagOfOther = false)
    {
        await using var owner = new NpgsqlConnection(_database.OwnerConnectionString);
        if (beside)
        {
            await owner.ExecuteAsync(sql, new { account = OtherAccount, Rows, flag = flagOfOther });
            await owner.ExecuteAsync($"VACUUM ANALYZE {string.Join(", ", _tables)}");
        }

        await owner.ExecuteAsync(sql, new { account = NewAccount, Rows, flag = false });
    }

    /// <summary>Returns the most rows that any part of a statement of the new account looks at.</summary>
    public async Task<double> RowsReadAsync(string service, string sql, object? values, string? before = null)
    {
        await using var connection = await OpenAsync(service);
        await (before is null ? Task.CompletedTask : connection.ExecuteAsync(before));
        return await PlanRows.ReadAsync(connection, sql, values);
    }

    /// <summary>Returns the most rows that any part of a statement of the new account is expected to give.</summary>
    public async Task<double> RowsExpectedAsync(string service, string sql, object? values)
    {
        await using var connection = await OpenAsync(service);
        return await PlanRows.ExpectedAsync(connection, sql, values);
    }

    private async Task<NpgsqlConnection> OpenAsync(string service)
    {
        var connection = new NpgsqlConnection(_database.AccountConnectionString(service, NewAccount));
        await connection.OpenAsync();
        return connection;
    }
}
