using Dapper;
using Npgsql;

namespace TagSegments.Testing;

/// <summary>The wall between the accounts of a database, which a wrong variant or a measurement does without.</summary>
public static class Wall
{
    /// <summary>Lowers the wall: PostgreSQL shows every role all rows.</summary>
    public static Task LowerAsync(TestDatabase database) => AlterAsync(database, "DISABLE");

    /// <summary>Raises the wall again.</summary>
    public static Task RaiseAsync(TestDatabase database) => AlterAsync(database, "ENABLE");

    private static async Task AlterAsync(TestDatabase database, string verb)
    {
        await using var owner = new NpgsqlConnection(database.OwnerConnectionString);
        await owner.OpenAsync();
        var tables = await owner.QueryAsync<string>("SELECT polrelid::regclass::text FROM pg_policy WHERE polname = 'account'");
        await owner.ExecuteAsync("SET synchronous_commit = off");
        foreach (var table in tables)
        {
            // One by one: statements that run meanwhile lock the tables in another order.
            await owner.ExecuteAsync($"ALTER TABLE {table} {verb} ROW LEVEL SECURITY");
        }
    }
}
