using Dapper;
using Npgsql;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Data;

/// <summary>A database in which every table that has an account holds rows of two of them, found and filled by the catalogue.</summary>
public sealed class TwoAccounts : IAsyncLifetime
{
    /// <summary>The account whose calls are played.</summary>
    public const int Own = 1;

    /// <summary>The account whose rows nobody may see or change meanwhile.</summary>
    public const int Other = 2;

    /// <summary>The roles for the calls of accounts.</summary>
    public static readonly string[] Roles = ["tagsegments_tags", "tagsegments_segments", "tagsegments_campaigns", "tagsegments_workflows"];

    private const string HasAccount = """
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id' AND NOT a.attisdropped
        WHERE c.relnamespace::regnamespace::text = ANY ('{crm,tags,segments,campaigns,workflows}')
        """;

    private TestDatabase _database = null!;

    /// <summary>Connects as the owner.</summary>
    public NpgsqlConnection Owner { get; private set; } = null!;

    /// <summary>The tables and views that have an account.</summary>
    public IReadOnlyList<string> Relations { get; private set; } = [];

    /// <summary>The tables among them, and their partitions.</summary>
    public IReadOnlyList<string> Tables { get; private set; } = [];

    public TestDatabase Database => _database;

    public async Task InitializeAsync()
    {
        _database = await (await PostgresFixture.SharedAsync()).CreateDatabaseAsync();
        Owner = new NpgsqlConnection(_database.OwnerConnectionString);
        await Owner.OpenAsync();
        Tables = await NamesAsync("'r', 'p'");
        Relations = [.. Tables, .. await NamesAsync("'v'")];
        foreach (var table in (await Owner.QueryAsync<string>($"SELECT c.oid::regclass::text {HasAccount} AND c.relkind IN ('r', 'p') AND NOT c.relispartition")).AsList())
        {
            await FillAsync(table);
        }
    }

    public async Task DisposeAsync()
    {
        await Owner.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>Whether a role has a privilege on the relation, or on a column of it.</summary>
    public async Task<bool> MayAsync(string role, string privilege, string relation) => await Owner.ExecuteScalarAsync<bool>(
        privilege == "DELETE"
            ? "SELECT has_table_privilege(@role, @relation, @privilege)"
            : "SELECT has_any_column_privilege(@role, @relation, @privilege)",
        new { role, relation, privilege });

    private async Task<IReadOnlyList<string>> NamesAsync(string kinds) =>
        (await Owner.QueryAsync<string>($"SELECT c.oid::regclass::text {HasAccount} AND c.relkind IN ({kinds}) ORDER BY 1")).AsList();

    // One row of each account, with a value of its type in each column that needs one.
    private async Task FillAsync(string table)
    {
        const string columnSql = """
            SELECT a.attname, format_type(a.atttypid, a.atttypmod)
            FROM pg_attribute a
            WHERE a.attrelid = @table::regclass AND a.attnum > 0 AND NOT a.attisdropped
              AND (a.attname = 'account_id' OR a.attidentity = '' AND a.attnotnull AND NOT a.atthasdef)
            """;
        var columns = (await Owner.QueryAsync<(string Name, string Type)>(columnSql, new { table })).AsList();
        foreach (var accountId in new[] { Own, Other })
        {
            var values = columns.Select(column => column.Name == "account_id" ? $"{accountId}" : Value(column.Type, accountId));
            await Owner.ExecuteAsync(
                $"INSERT INTO {table} ({string.Join(", ", columns.Select(column => column.Name))}) OVERRIDING SYSTEM VALUE VALUES ({string.Join(", ", values)}) ON CONFLICT DO NOTHING");
        }
    }

    private static string Value(string type, int accountId) => type switch
    {
        "text" => $"'mark of {accountId}'",
        "integer" or "smallint" or "bigint" or "numeric" => "1",
        "boolean" => "true",
        "uuid" => $"'00000000-0000-0000-0000-00000000000{accountId}'",
        "jsonb" => "'{}'",
        "bytea" => "'\\x00'",
        "date" => "current_date",
        "timestamp with time zone" => "now()",
        "tstzmultirange" => "'{}'",
        _ when type.StartsWith("bit(", StringComparison.Ordinal) => $"0::{type}",
        _ when type.EndsWith("[]", StringComparison.Ordinal) => "'{}'",
        _ => throw new InvalidOperationException($"Add a value of the type {type}."),
    };
}
