using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace TagSegments.Benchmarks.Segments;

/// <summary>
/// Creates activity: 20 events per contact over 180 days, 70 % sent, 25 % opened, 5 % clicked; six of ten contacts react. Indexes are built
/// afterwards, and the roll-up is written from the same draws.
/// </summary>
internal sealed class ActivityLoading(NpgsqlDataSource db, int accountId, BenchmarkOptions options)
{
    private const int EventsPerContact = 20;
    private const int Days = 180;
    private const int Streams = 2;
    private static readonly short[] s_kinds = [1, 3, 4];
    private readonly DateTime _now = DateTime.UtcNow;

    public async Task CreateAsync()
    {
        await using var connection = await db.OpenConnectionAsync();
        await connection.ExecuteAsync("SELECT campaigns.ensure_activity_partitions((now() - interval '7 months')::date, 10)");
        var rebuild = await DropIndexesAsync(connection);
        var parts = await Task.WhenAll(Enumerable.Range(0, Streams).Select(part => Task.Run(() => CopyEvents(part))));
        await connection.ExecuteAsync(rebuild, commandTimeout: 0);
        CopyRollUp(connection, parts);
        await connection.ExecuteAsync(
            """
            INSERT INTO campaigns.activity_clock (account_id, pos, nonce, max_at)
            SELECT @accountId, 1, gen_random_uuid(), max(at) FROM campaigns.activity WHERE account_id = @accountId;
            INSERT INTO campaigns.activity_commit (account_id, pos, nonce, contact_ids)
            SELECT account_id, pos, nonce, ARRAY[]::int[] FROM campaigns.activity_clock WHERE account_id = @accountId;
            """,
            new { accountId },
            commandTimeout: 0);
    }

    // Returns the statements that make them again.
    private static async Task<string> DropIndexesAsync(NpgsqlConnection connection)
    {
        const string sql = """
            SELECT 'ALTER TABLE campaigns.activity DROP CONSTRAINT ' || conname AS drop,
                   'ALTER TABLE campaigns.activity ADD CONSTRAINT ' || conname || ' ' || pg_get_constraintdef(oid) AS create
            FROM pg_constraint
            WHERE conrelid = 'campaigns.activity'::regclass AND contype = 'p'
            UNION ALL
            SELECT 'DROP INDEX ' || indexrelid::regclass, pg_get_indexdef(indexrelid)
            FROM pg_index
            WHERE indrelid = 'campaigns.activity'::regclass AND NOT indisprimary
            """;
        var indexes = (await connection.QueryAsync<(string Drop, string Create)>(sql)).AsList();
        await connection.ExecuteAsync(string.Join(";\n", indexes.Select(index => index.Drop)));
        return string.Join(";\n", indexes.Select(index => index.Create));
    }

    // Returns the latest time of each kind for each contact.
    private long[][] CopyEvents(int part)
    {
        var random = new Random(options.Seed + part);
        var latest = Array.ConvertAll(s_kinds, _ => new long[options.Contacts + 1]);
        using var connection = db.OpenConnection();
        using var copy = connection.BeginBinaryImport(
            "COPY campaigns.activity (account_id, contact_id, at, kind, channel, pos) FROM STDIN (FORMAT binary)");
        var share = (options.Contacts + Streams - 1) / Streams;
        for (var contact = (part * share) + 1; contact <= Math.Min((part + 1) * share, options.Contacts); contact++)
        {
            for (var e = 0; e < EventsPerContact; e++)
            {
                var kind = e < 14 ? 0 : e < 19 ? 1 : 2;
                var who = kind == 0 ? contact : 1 + (int)((contact - 1) * 6L / 10);
                var at = _now.AddTicks(-(long)(random.NextDouble() * Days * TimeSpan.TicksPerDay));
                at = at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMicrosecond));
                latest[kind][who] = Math.Max(latest[kind][who], at.Ticks);
                Write(copy, who, at, s_kinds[kind]);
            }
        }

        copy.Complete();
        return latest;
    }

    private void Write(NpgsqlBinaryImporter copy, int contact, DateTime at, short kind)
    {
        copy.StartRow();
        copy.Write(accountId, NpgsqlDbType.Integer);
        copy.Write(contact, NpgsqlDbType.Integer);
        copy.Write(at, NpgsqlDbType.TimestampTz);
        copy.Write(kind, NpgsqlDbType.Smallint);
        copy.Write((short)1, NpgsqlDbType.Smallint);
        copy.Write(1L, NpgsqlDbType.Bigint);
    }

    private void CopyRollUp(NpgsqlConnection connection, long[][][] parts)
    {
        using var copy = connection.BeginBinaryImport(
            "COPY campaigns.contact_activity (account_id, contact_id, last_sent_at, last_opened_at, last_clicked_at) FROM STDIN (FORMAT binary)");
        for (var contact = 1; contact <= options.Contacts; contact++)
        {
            copy.StartRow();
            copy.Write(accountId, NpgsqlDbType.Integer);
            copy.Write(contact, NpgsqlDbType.Integer);
            for (var kind = 0; kind < s_kinds.Length; kind++)
            {
                var ticks = parts.Max(part => part[kind][contact]);
                if (ticks == 0)
                {
                    copy.WriteNull();
                }
                else
                {
                    copy.Write(new DateTime(ticks, DateTimeKind.Utc), NpgsqlDbType.TimestampTz);
                }
            }
        }

        copy.Complete();
    }
}
