using System.Diagnostics;
using System.Text;
using Dapper;
using Npgsql;
using StackExchange.Redis;

namespace TagSegments.Testing.Erasures;

/// <summary>Searches everything that the services keep for marks: each column of each table, whatever its type, Redis and files.</summary>
/// <param name="database">The connection string of the owner of every schema.</param>
/// <param name="redis">The address of Redis.</param>
/// <param name="marks">The marks.</param>
public sealed class MarkSearch(string database, string redis, params string[] marks)
{
    public MarkSearch(TestApps apps, params string[] marks) : this(apps.Database.OwnerConnectionString, apps.RedisConnectionString, marks)
    {
    }

    /// <summary>Finds the tables that have a mark; the bytes of texts and protobuf messages count, too.</summary>
    public async Task<List<string>> TablesAsync()
    {
        const string tablesSql = """
            SELECT format('%I.%I', table_schema, table_name)
            FROM information_schema.tables
            WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
            ORDER BY 1
            """;
        await using var connection = new NpgsqlConnection(database);
        var found = new List<string>();
        foreach (var table in await connection.QueryAsync<string>(tablesSql))
        {
            // Most rows have not even the beginning that all marks share.
            var sql = $"""
                SELECT EXISTS (
                    SELECT FROM (SELECT lower(to_jsonb(t)::text) AS text FROM {table} AS t OFFSET 0) AS row
                    WHERE (strpos(row.text, @start) > 0 OR strpos(row.text, @startBytes) > 0)
                        AND EXISTS (SELECT FROM unnest(@texts) AS m (text) WHERE strpos(row.text, m.text) > 0))
                """;
            var texts = marks.SelectMany(mark => new[] { mark, InHex(mark) }).ToArray();
            var start = SharedStart();
            if (await connection.QuerySingleAsync<bool>(sql, new { texts, start, startBytes = InHex(start) }, commandTimeout: 600))
            {
                found.Add(table);
            }
        }

        return found;
    }

    /// <summary>Finds the keys of Redis that have a mark in themselves or in their value.</summary>
    public async Task<List<string>> RedisAsync()
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis);
        var keys = connection.GetDatabase();
        var found = new List<string>();
        foreach (var key in connection.GetServers().SelectMany(server => server.Keys(keys.Database)))
        {
            if (Has(Encoding.UTF8.GetBytes(key.ToString())) || (await keys.StringGetAsync(key) is { HasValue: true } value && Has((byte[])value!)))
            {
                found.Add(key.ToString());
            }
        }

        return found;
    }

    /// <summary>Finds the files of a folder that have a mark. They are read by another program, because the services keep them to themselves.</summary>
    public async Task<List<string>> FilesAsync(string folder)
    {
        var found = new List<string>();
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            using var reader = Process.Start(new ProcessStartInfo("cat", [file]) { RedirectStandardOutput = true })!;
            using var bytes = new MemoryStream();
            await reader.StandardOutput.BaseStream.CopyToAsync(bytes);
            if (Has(bytes.ToArray()))
            {
                found.Add(file);
            }
        }

        return found;
    }

    /// <summary>Whether a text has a mark.</summary>
    public bool Has(string text) => marks.Any(mark => text.Contains(mark, StringComparison.OrdinalIgnoreCase));

    // strpos finds an empty text everywhere.
    private string SharedStart()
    {
        var (first, last) = (marks.Min(StringComparer.Ordinal) ?? "", marks.Max(StringComparer.Ordinal) ?? "");
        return first[..first.AsSpan().CommonPrefixLength(last)];
    }

    private static string InHex(string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));

    private bool Has(ReadOnlySpan<byte> bytes) => Has(Encoding.Latin1.GetString(bytes));
}
