using System.Runtime.InteropServices;
using Dapper;
using Npgsql;
using TagSegments.Bitmaps;

namespace TagSegments.Benchmarks.Segments;

/// <summary>Creates accounts with tags, written as the chunks that they are kept in.</summary>
internal sealed class TagLoading(NpgsqlDataSource db, int seed)
{
    /// <summary>Creates an account with this number of living contacts, which have tags and nothing else; returns its number.</summary>
    public async Task<int> CreateAsync(string name, int contacts)
    {
        await using var connection = await db.OpenConnectionAsync();
        var account = await connection.ExecuteScalarAsync<int>("INSERT INTO crm.account (name) VALUES (@name) RETURNING account_id", new { name });

        // The living contacts are tag 0.
        await WriteAsync(connection, account, 0, Bitmap.Of(Enumerable.Range(1, contacts)));
        var sets = TagSets.Draw(contacts, seed);
        for (var i = 0; i < sets.Length; i++)
        {
            await WriteAsync(connection, account, i + 1, sets[i]);
        }

        await connection.ExecuteAsync(
            """
            INSERT INTO tags.tag (account_id, tag_id, name) SELECT @account, i, 'Tag ' || i FROM generate_series(1, @Length) AS i;
            INSERT INTO crm.id_block (account_id, kind, next_id) VALUES (@account, 'contact', @contacts + 1), (@account, 'tag', @Length + 1);
            INSERT INTO crm.clock (account_id, pos, nonce) VALUES (@account, 1, gen_random_uuid())
            ON CONFLICT (account_id) DO UPDATE SET pos = 1, nonce = excluded.nonce;
            INSERT INTO crm.commit (account_id, pos, nonce) SELECT account_id, pos, nonce FROM crm.clock WHERE account_id = @account;
            """,
            new { account, sets.Length, contacts });
        return account;
    }

    private static async Task WriteAsync(NpgsqlConnection connection, int account, int tagId, Bitmap set)
    {
        const string sql = """
            INSERT INTO tags.tag_chunk (account_id, tag_id, chunk, bits)
            SELECT @account, @tagId, chunk, ('x' || encode(bits, 'hex'))::bit(16384)
            FROM unnest(@chunks, @bits) AS c (chunk, bits)
            """;
        var chunks = Enumerable.Range(0, set.ChunkCount).Where(chunk => set[chunk].Count > 0).ToArray();
        await connection.ExecuteAsync(sql, new { account, tagId, chunks, bits = Array.ConvertAll(chunks, chunk => Bytes(set[chunk])) });
    }

    private static byte[] Bytes(BitChunk chunk)
    {
        var words = new ulong[ChunkLayout.Words];
        chunk.CopyTo(words);
        return MemoryMarshal.AsBytes<ulong>(words).ToArray();
    }
}
