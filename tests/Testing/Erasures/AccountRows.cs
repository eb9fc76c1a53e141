using Dapper;
using Npgsql;
using StackExchange.Redis;

namespace TagSegments.Testing.Erasures;

/// <summary>What there is of an account, found without knowing the tables.</summary>
public static class AccountRows
{
    // Longer than any pause of the services between two pieces of work.
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(3);

    /// <summary>Reads the rows of an account, as JSON, in every table of every schema that has a column for one; tables without any are left out.</summary>
    public static async Task<SortedDictionary<string, HashSet<string>>> ReadAsync(string database, int accountId)
    {
        const string sql = """
            SELECT format('%I.%I', table_schema, table_name)
            FROM information_schema.columns
            JOIN information_schema.tables USING (table_schema, table_name)
            WHERE column_name = 'account_id' AND table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
            """;
        await using var connection = new NpgsqlConnection(database);
        var found = new SortedDictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var table in (await connection.QueryAsync<string>(sql)).AsList())
        {
            var rows = await connection.QueryAsync<string>($"SELECT to_jsonb(t)::text FROM {table} AS t WHERE account_id = @accountId", new { accountId });
            found[table] = [.. rows];
        }

        return new(found.Where(table => table.Value.Count > 0).ToDictionary(), StringComparer.Ordinal);
    }

    /// <summary>Counts the rows of an account in the tables of one schema.</summary>
    public static async Task<int> CountAsync(string database, int accountId, string schema) => (await ReadAsync(database, accountId))
        .Where(table => table.Key.StartsWith($"{schema}.", StringComparison.Ordinal))
        .Sum(table => table.Value.Count);

    /// <summary>Reads the rows of an account when what services still do in their own time is done: two looks see the same.</summary>
    public static async Task<SortedDictionary<string, HashSet<string>>> SettledAsync(string database, int accountId)
    {
        var last = await ReadAsync(database, accountId);
        return await Eventually.ReadAsync(
            async () =>
            {
                await Task.Delay(s_quiet);
                var now = await ReadAsync(database, accountId);
                (var before, last) = (last, now);
                return Lost(before, now).Concat(Lost(now, before)).Any() ? null : now;
            },
            now => now is not null) ?? last;
    }

    /// <summary>Finds the rows that were there before, and are not there as they were.</summary>
    public static IEnumerable<string> Lost(
        IReadOnlyDictionary<string, HashSet<string>> before, IReadOnlyDictionary<string, HashSet<string>> now) =>
        from table in before
        from row in table.Value.Except(now.GetValueOrDefault(table.Key) ?? [])
        select $"{table.Key}: {row}";

    /// <summary>Counts the campaigns whose rate of sending is kept: rows that belong to an account without naming it.</summary>
    public static async Task<long> RatesAsync(string database)
    {
        await using var connection = new NpgsqlConnection(database);
        return await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM campaigns.rate WHERE rate_key LIKE 'campaign %'");
    }

    /// <summary>Lists the keys of an account in Redis.</summary>
    public static async Task<List<string>> KeysAsync(string address, int accountId)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(address);
        var keys = new List<string>();
        foreach (var server in redis.GetServers())
        {
            await foreach (var key in server.KeysAsync(redis.GetDatabase().Database, $"*{{{accountId}}}*"))
            {
                keys.Add(key.ToString());
            }
        }

        return keys;
    }
}
