using Dapper;
using Npgsql;
using StackExchange.Redis;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.Deletion;

/// <summary>What there is of an account, found without knowing the tables.</summary>
internal static class AccountRows
{
    /// <summary>Reads the rows of an account, as JSON, in every table of every schema that has a column for one; tables without any are left out.</summary>
    public static async Task<SortedDictionary<string, HashSet<string>>> ReadAsync(TestApps apps, int accountId)
    {
        const string sql = """
            SELECT format('%I.%I', table_schema, table_name)
            FROM information_schema.columns
            JOIN information_schema.tables USING (table_schema, table_name)
            WHERE column_name = 'account_id' AND table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
            """;
        await using var connection = new NpgsqlConnection(apps.Database.OwnerConnectionString);
        var found = new SortedDictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var table in (await connection.QueryAsync<string>(sql)).AsList())
        {
            var rows = await connection.QueryAsync<string>($"SELECT to_jsonb(t)::text FROM {table} AS t WHERE account_id = @accountId", new { accountId });
            found[table] = [.. rows];
        }

        return new(found.Where(table => table.Value.Count > 0).ToDictionary(), StringComparer.Ordinal);
    }

    /// <summary>Counts the rows of an account in the tables of one schema.</summary>
    public static async Task<int> CountAsync(TestApps apps, int accountId, string schema) => (await ReadAsync(apps, accountId))
        .Where(table => table.Key.StartsWith($"{schema}.", StringComparison.Ordinal))
        .Sum(table => table.Value.Count);

    /// <summary>Counts the campaigns whose rate of sending is kept: rows that belong to an account without naming it.</summary>
    public static async Task<long> RatesAsync(TestApps apps)
    {
        await using var connection = new NpgsqlConnection(apps.Database.OwnerConnectionString);
        return await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM campaigns.rate WHERE rate_key LIKE 'campaign %'");
    }

    /// <summary>Lists the keys of an account in Redis.</summary>
    public static async Task<List<string>> KeysAsync(TestApps apps, int accountId)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(apps.RedisConnectionString);
        var keys = new List<string>();
        await foreach (var key in redis.GetServers()[0].KeysAsync(redis.GetDatabase().Database, $"*{{{accountId}}}*"))
        {
            keys.Add(key.ToString());
        }

        return keys;
    }
}
