using Npgsql;
using NpgsqlTypes;

namespace TagSegments.Benchmarks.Tags;

/// <summary>The yardsticks: the costs of the same work without bitmaps, in tables of the owner beside ours.</summary>
internal sealed class RowModel(NpgsqlDataSource database, NpgsqlConnection connection) : IAsyncDisposable
{
    private readonly NpgsqlCommand _insert = new("INSERT INTO yardstick.heap VALUES (1, 7, $1, now(), 1)", connection) { Parameters = { new NpgsqlParameter<int>() } };
    private int _tag;

    /// <summary>Creates the tables: a heap without any index, rows per assignment with an audit trail, and a plain table.</summary>
    public static async Task<RowModel> CreateAsync(string connectionString)
    {
        var database = NpgsqlDataSource.Create(connectionString);
        await using var command = database.CreateCommand("""
            CREATE SCHEMA yardstick;
            CREATE TABLE yardstick.heap (account_id int, tag_id int, contact_id int, at timestamptz, cause smallint);
            CREATE TABLE yardstick.contact_tag (account_id int, tag_id int, contact_id int, PRIMARY KEY (account_id, tag_id, contact_id));
            CREATE TABLE yardstick.audit (id bigserial PRIMARY KEY, account_id int, tag_id int, contact_id int, at timestamptz, cause smallint);
            CREATE TABLE yardstick.clock (account_id int PRIMARY KEY, pos bigint NOT NULL) WITH (fillfactor = 50);
            INSERT INTO yardstick.clock VALUES (1, 0);
            """);
        await command.ExecuteNonQueryAsync();
        return new RowModel(database, await database.OpenConnectionAsync());
    }

    /// <summary>Copies one row per contact into the heap, in binary form.</summary>
    public async Task CopyAsync(int contacts)
    {
        var at = DateTime.UtcNow;
        await using var connection = await database.OpenConnectionAsync();
        await using var writer = await connection.BeginBinaryImportAsync("COPY yardstick.heap FROM STDIN BINARY");
        for (var contactId = 1; contactId <= contacts; contactId++)
        {
            await writer.StartRowAsync();
            await writer.WriteAsync(1, NpgsqlDbType.Integer);
            await writer.WriteAsync(7, NpgsqlDbType.Integer);
            await writer.WriteAsync(contactId, NpgsqlDbType.Integer);
            await writer.WriteAsync(at, NpgsqlDbType.TimestampTz);
            await writer.WriteAsync((short)3, NpgsqlDbType.Smallint);
        }

        await writer.CompleteAsync();
    }

    /// <summary>Inserts missing rows, one per contact, and one audit row for each new one, in one transaction.</summary>
    public async Task InsertAsync(int[] contactIds)
    {
        await using var command = database.CreateCommand("""
            WITH added AS (
                INSERT INTO yardstick.contact_tag SELECT 1, $1, c FROM unnest($2) AS c ON CONFLICT DO NOTHING RETURNING contact_id)
            INSERT INTO yardstick.audit (account_id, tag_id, contact_id, at, cause) SELECT 1, $1, contact_id, now(), 3 FROM added
            """);
        command.Parameters.AddWithValue(Interlocked.Increment(ref _tag));
        command.Parameters.AddWithValue(contactIds);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Inserts and commits one plain row.</summary>
    public async Task InsertPlainAsync(int contactId)
    {
        await using var command = database.CreateCommand("INSERT INTO yardstick.heap VALUES (1, 7, $1, now(), 1)");
        command.Parameters.AddWithValue(contactId);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Inserts and commits one plain row as fast as possible: prepared, on a connection of its own.</summary>
    public async Task InsertPreparedAsync(int contactId)
    {
        _insert.Parameters[0].Value = contactId;
        await _insert.PrepareAsync();
        await _insert.ExecuteNonQueryAsync();
    }

    /// <summary>Adds one tag to one contact as rows: assignment, audit and the account's clock, in a transaction of its own.</summary>
    public async Task AddAsync(int tagId, int contactId)
    {
        await using var command = database.CreateCommand("""
            WITH added AS (
                INSERT INTO yardstick.contact_tag VALUES (1, -$1, $2) ON CONFLICT DO NOTHING RETURNING contact_id),
            audit AS (
                INSERT INTO yardstick.audit (account_id, tag_id, contact_id, at, cause) SELECT 1, $1, contact_id, now(), 1 FROM added RETURNING 1)
            UPDATE yardstick.clock SET pos = pos + 1 WHERE account_id = 1 AND EXISTS (SELECT FROM audit)
            """);
        command.Parameters.AddWithValue(tagId);
        command.Parameters.AddWithValue(contactId);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _insert.DisposeAsync();
        await connection.DisposeAsync();
        await database.DisposeAsync();
    }
}
