using System.Runtime.InteropServices;
using Dapper;
using Npgsql;
using TagSegments.Bitmaps;
using TagSegments.Testing;

namespace TagSegments.WebConsole.Tests;

/// <summary>
/// An account of many contacts, written straight into the tables of fresh services: each has names, an address, a country and a score, and every third the
/// tag <c>VIP</c>.
/// </summary>
public static class BigAccount
{
    /// <summary>Creates one and returns its name.</summary>
    public static async Task<string> CreateAsync(TestApps apps, int contacts)
    {
        const string sql = """
            INSERT INTO crm.field (account_id, field_id, target, key, type) VALUES (@account, 1, 1, 'country', 1), (@account, 2, 1, 'lead_score', 2);
            INSERT INTO tags.tag (account_id, tag_id, name) VALUES (@account, 1, 'VIP');

            INSERT INTO crm.contact (account_id, contact_id, email, email_key, first_name, last_name, email_consent, fields)
            SELECT @account, i, 'c' || i || '@example.org', 'c' || i || '@example.org', 'First ' || i % 1000, 'Last ' || lpad((i * 7919::bigint % @contacts)::text, 7, '0'),
                   1 + i % 3, jsonb_build_object('1', (ARRAY['DE', 'AT', 'CH', 'FR', 'US'])[1 + i % 5], '2', i % 101)
            FROM generate_series(1, @contacts) AS i;

            INSERT INTO crm.id_block (account_id, kind, next_id)
            VALUES (@account, 'contact', @contacts + 1), (@account, 'field', 3), (@account, 'tag', 2);
            INSERT INTO crm.clock (account_id, pos, nonce) VALUES (@account, 1, gen_random_uuid())
            ON CONFLICT (account_id) DO UPDATE SET pos = 1, nonce = excluded.nonce;
            INSERT INTO crm.commit (account_id, pos, nonce) SELECT account_id, pos, nonce FROM crm.clock WHERE account_id = @account;
            """;
        await using var connection = new NpgsqlConnection(apps.Database.OwnerConnectionString);
        await connection.OpenAsync();
        var name = $"big-{contacts}";
        var account = await connection.ExecuteScalarAsync<int>("INSERT INTO crm.account (name) VALUES (@name) RETURNING account_id", new { name });
        // The living contacts are tag 0.
        await WriteAsync(connection, account, 0, Enumerable.Range(1, contacts));
        await WriteAsync(connection, account, 1, Enumerable.Range(1, contacts).Where(contact => contact % 3 == 0));
        await connection.ExecuteAsync(sql, new { account, contacts }, commandTimeout: 0);
        await connection.ExecuteAsync("ANALYZE crm.contact, tags.tag_chunk", commandTimeout: 0);
        return name;
    }

    private static async Task WriteAsync(NpgsqlConnection connection, int account, int tag, IEnumerable<int> contacts)
    {
        const string sql = """
            INSERT INTO tags.tag_chunk (account_id, tag_id, chunk, bits)
            SELECT @account, @tag, chunk, ('x' || encode(bits, 'hex'))::bit(16384) FROM unnest(@chunks, @bits) AS c (chunk, bits)
            """;
        var set = Bitmap.Of(contacts);
        var chunks = Enumerable.Range(0, set.ChunkCount).Where(chunk => set[chunk].Count > 0).ToArray();
        await connection.ExecuteAsync(sql, new { account, tag, chunks, bits = Array.ConvertAll(chunks, chunk => Bytes(set[chunk])) });
    }

    private static byte[] Bytes(BitChunk chunk)
    {
        var words = new ulong[ChunkLayout.Words];
        chunk.CopyTo(words);
        return MemoryMarshal.AsBytes<ulong>(words).ToArray();
    }
}
