using Dapper;
using Npgsql;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Crm.Imports;

/// <summary>The rows that an account has in the tables of this service, to be compared with those of another moment.</summary>
internal static class AccountTables
{
    /// <summary>Reads a fingerprint of every table that has rows of the account, with the transactions that wrote them.</summary>
    public static async Task<Dictionary<string, string>> ReadAsync(TestAccount account)
    {
        const string tablesSql = """
            SELECT format('%I.%I', n.nspname, c.relname)
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id' AND NOT a.attisdropped
            WHERE n.nspname IN ('crm', 'tags') AND c.relkind IN ('r', 'p') AND NOT c.relispartition
            ORDER BY 1
            """;
        var found = new Dictionary<string, string>();
        await using var connection = new NpgsqlConnection(account.Apps.Database.OwnerConnectionString);
        foreach (var table in (await connection.QueryAsync<string>(tablesSql)).AsList())
        {
            var sql = $"""
                SELECT coalesce(string_agg(md5(t.xmin || ' ' || t::text), ' ' ORDER BY md5(t::text)), '')
                FROM {table} t
                WHERE account_id = (SELECT account_id FROM crm.account WHERE name = @Name)
                """;
            found.Add(table, await connection.QuerySingleAsync<string>(sql, new { account.Name }));
        }

        return found;
    }
}
