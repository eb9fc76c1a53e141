using System.Globalization;
using Dapper;
using Npgsql;
using TagSegments.Bitmaps;

namespace TagSegments.Benchmarks.Segments;

/// <summary>The generated account, written straight into the tables, and beside it the same tags as a row per assignment.</summary>
internal sealed class SegmentsData(NpgsqlDataSource db, BenchmarkOptions options)
{
    private const int EventsPerContact = 20;

    public int AccountId { get; private set; }

    public Bitmap[] Tags { get; private set; } = [];

    public long Assignments => Tags.Sum(tag => (long)tag.Count);

    /// <summary>Creates the account under a name.</summary>
    public async Task CreateAsync(string name)
    {
        Tags = TagSets.Draw(options.Contacts, options.Seed);
        await using var connection = await db.OpenConnectionAsync();
        AccountId = await connection.ExecuteScalarAsync<int>("INSERT INTO crm.account (name) VALUES (@name) RETURNING account_id", new { name });
        await CreateContactsAsync(connection);
        await CreateTagsAsync(connection);
        await CreateActivityAsync(connection);
        await CreateRowsAsync(connection);
        await connection.ExecuteAsync("VACUUM ANALYZE", commandTimeout: 0);
    }

    private Task CreateContactsAsync(NpgsqlConnection connection) => ExecuteAsync(
        connection,
        """
        INSERT INTO crm.field (account_id, field_id, target, key, type) VALUES (@AccountId, 1, 1, 'country', 1);

        INSERT INTO crm.contact (account_id, contact_id, email, email_key, first_name, fields)
        SELECT @AccountId, i, 'c' || i || '@example.org', 'c' || i || '@example.org', 'Name ' || i % 1000,
               jsonb_build_object('1', (ARRAY['DE', 'AT', 'CH', 'FR', 'US'])[1 + i % 5])
        FROM generate_series(1, @Contacts) AS i;

        INSERT INTO crm.pipeline (account_id, pipeline_id, name) VALUES (@AccountId, 1, 'Sales');
        INSERT INTO crm.stage (account_id, stage_id, pipeline_id, name, ordinal)
        SELECT @AccountId, i, 1, 'Stage ' || i, i FROM generate_series(1, 5) AS i;

        INSERT INTO crm.opportunity (account_id, opportunity_id, contact_id, pipeline_id, stage_id, amount)
        SELECT @AccountId, i, 1 + (i * 7919::bigint) % @Contacts, 1, 1 + i % 5, i % 10000
        FROM generate_series(1, @Contacts * 3 / 10) AS i;
        """);

    // The living contacts are tag 0.
    private async Task CreateTagsAsync(NpgsqlConnection connection)
    {
        const string sql = """
            INSERT INTO tags.tag_chunk (account_id, tag_id, chunk, bits)
            SELECT @AccountId, @tagId, chunk, ('x' || encode(bits, 'hex'))::bit(16384)
            FROM unnest(@chunks, @bits) AS c (chunk, bits)
            """;
        for (var tagId = 0; tagId <= Tags.Length; tagId++)
        {
            var set = tagId == 0 ? Bitmap.Of(Enumerable.Range(1, options.Contacts)) : Tags[tagId - 1];
            var chunks = Enumerable.Range(0, set.ChunkCount).Where(chunk => set[chunk].Count > 0).ToArray();
            await connection.ExecuteAsync(sql, new { AccountId, tagId, chunks, bits = chunks.Select(chunk => Bytes(set[chunk])).ToArray() });
        }

        await ExecuteAsync(
            connection,
            """
            INSERT INTO tags.tag (account_id, tag_id, name) SELECT @AccountId, i, 'Tag ' || i FROM generate_series(1, @tags) AS i;
            INSERT INTO crm.id_block (account_id, kind, next_id) VALUES (@AccountId, 'contact', @Contacts + 1), (@AccountId, 'tag', @tags + 1);
            INSERT INTO crm.clock (account_id, pos, nonce) VALUES (@AccountId, 1, gen_random_uuid())
            ON CONFLICT (account_id) DO UPDATE SET pos = 1, nonce = excluded.nonce;
            INSERT INTO crm.commit (account_id, pos, nonce) SELECT account_id, pos, nonce FROM crm.clock WHERE account_id = @AccountId;
            """);
    }

    // 70 % sent, 25 % opened, 5 % clicked over 180 days; six of ten contacts react.
    private Task CreateActivityAsync(NpgsqlConnection connection) => ExecuteAsync(
        connection,
        $"""
        SELECT setseed(0.5);

        INSERT INTO campaigns.activity (account_id, contact_id, at, kind, channel, pos)
        SELECT @AccountId,
               CASE WHEN e % 20 < 14 THEN c ELSE 1 + (c * 6 / 10) END,
               now() - random() * interval '180 days',
               CASE WHEN e % 20 < 14 THEN 1 WHEN e % 20 < 19 THEN 3 ELSE 4 END, 1, 1
        FROM generate_series(0, @Contacts - 1) AS i, generate_series(1, {EventsPerContact.ToString(CultureInfo.InvariantCulture)}) AS e,
             LATERAL (SELECT i + 1 AS c) AS contact;

        INSERT INTO campaigns.contact_activity (account_id, contact_id, last_sent_at, last_opened_at, last_clicked_at)
        SELECT account_id, contact_id, max(at) FILTER (WHERE kind = 1), max(at) FILTER (WHERE kind = 3), max(at) FILTER (WHERE kind = 4)
        FROM campaigns.activity
        WHERE account_id = @AccountId
        GROUP BY account_id, contact_id;

        INSERT INTO campaigns.activity_clock (account_id, pos, nonce, max_at)
        SELECT @AccountId, 1, gen_random_uuid(), max(at) FROM campaigns.activity WHERE account_id = @AccountId;
        INSERT INTO campaigns.activity_commit (account_id, pos, nonce, contact_ids)
        SELECT account_id, pos, nonce, ARRAY[]::int[] FROM campaigns.activity_clock WHERE account_id = @AccountId;
        """);

    // The conventional schema: primary key and reverse index, loaded the fast way.
    private async Task CreateRowsAsync(NpgsqlConnection connection)
    {
        await ExecuteAsync(connection, "CREATE SCHEMA bench; CREATE TABLE bench.contact_tag (account_id int NOT NULL, tag_id int NOT NULL, contact_id int NOT NULL)");
        await using (var copy = await connection.BeginBinaryImportAsync("COPY bench.contact_tag (account_id, tag_id, contact_id) FROM STDIN (FORMAT binary)"))
        {
            for (var tag = 0; tag < Tags.Length; tag++)
            {
                foreach (var contact in Tags[tag].After(-1))
                {
                    await copy.StartRowAsync();
                    await copy.WriteAsync(AccountId);
                    await copy.WriteAsync(tag + 1);
                    await copy.WriteAsync(contact);
                }
            }

            await copy.CompleteAsync();
        }

        await ExecuteAsync(
            connection,
            """
            ALTER TABLE bench.contact_tag ADD PRIMARY KEY (account_id, tag_id, contact_id);
            CREATE INDEX ON bench.contact_tag (account_id, contact_id, tag_id);
            """);
    }

    private Task ExecuteAsync(NpgsqlConnection connection, string sql) =>
        connection.ExecuteAsync(sql, new { AccountId, options.Contacts, tags = Tags.Length }, commandTimeout: 0);

    private static byte[] Bytes(BitChunk chunk)
    {
        var words = new ulong[ChunkLayout.Words];
        chunk.CopyTo(words);
        return System.Runtime.InteropServices.MemoryMarshal.AsBytes<ulong>(words).ToArray();
    }
}
