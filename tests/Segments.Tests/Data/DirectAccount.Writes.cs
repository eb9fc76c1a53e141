using Dapper;
using Npgsql;
using TagSegments.Bitmaps;

namespace TagSegments.Segments.Tests.Data;

// Tags on contacts: the bits, their log and the clock.
internal sealed partial class DirectAccount
{
    private async Task ChangeAsync(NpgsqlConnection connection, TagWrite[] writes)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        var log = new List<LogRow>();
        foreach (var write in writes)
        {
            foreach (var chunk in write.ContactIds.Distinct().GroupBy(ChunkLayout.ChunkOf))
            {
                log.AddRange(await WriteAsync(connection, write, chunk.Key, [.. chunk]));
            }
        }

        if (log.Count > 0)
        {
            await MoveClockAsync(connection, log);
        }

        await transaction.CommitAsync();
    }

    private async Task<IReadOnlyList<LogRow>> WriteAsync(NpgsqlConnection connection, TagWrite write, int chunk, int[] contactIds)
    {
        var bits = Bits(contactIds);
        await connection.ExecuteAsync(
            "INSERT INTO tags.tag_chunk VALUES (@Id, @TagId, @chunk, repeat('0', 16384)::bit(16384)) ON CONFLICT DO NOTHING",
            new { Id, write.TagId, chunk });
        var old = await connection.ExecuteScalarAsync<string>(
            "SELECT bits::text FROM tags.tag_chunk WHERE account_id = @Id AND tag_id = @TagId AND chunk = @chunk FOR UPDATE",
            new { Id, write.TagId, chunk });
        var changed = contactIds.Where(contactId => old![ChunkLayout.OffsetOf(contactId)] == '1' != write.Add).ToArray();
        await connection.ExecuteAsync(
            """
            UPDATE tags.tag_chunk
            SET bits = CASE WHEN @Add THEN bits | @bits::bit(16384) ELSE bits & ~(@bits::bit(16384)) END
            WHERE account_id = @Id AND tag_id = @TagId AND chunk = @chunk
            """,
            new { Id, write.TagId, write.Add, chunk, bits });
        return changed switch
        {
            [] => [],
            [var one] => [new LogRow(write.TagId, write.Add, one, chunk, null)],
            _ => [new LogRow(write.TagId, write.Add, null, chunk, Bits(changed))],
        };
    }

    private async Task MoveClockAsync(NpgsqlConnection connection, List<LogRow> log)
    {
        var pos = await connection.ExecuteScalarAsync<long>(
            """
            WITH moved AS (
                INSERT INTO crm.clock AS c (account_id, pos, nonce) VALUES (@Id, 1, gen_random_uuid())
                ON CONFLICT (account_id) DO UPDATE SET pos = c.pos + 1, nonce = excluded.nonce
                RETURNING pos, nonce)
            INSERT INTO crm.commit (account_id, pos, nonce) SELECT @Id, pos, nonce FROM moved RETURNING pos
            """,
            new { Id });
        for (var seq = 0; seq < log.Count; seq++)
        {
            var row = log[seq];
            await connection.ExecuteAsync(
                """
                INSERT INTO tags.tag_change (account_id, pos, seq, tag_id, op, contact_id, chunk, bits, cause_kind)
                VALUES (@Id, @pos, @seq, @TagId, @op, @ContactId, @Chunk, @Bits::bit(16384), 1)
                """,
                new { Id, pos, seq, row.TagId, op = row.Add ? 1 : 2, row.ContactId, row.Chunk, row.Bits });
        }
    }

    private static string Bits(int[] contactIds)
    {
        var bits = new char[ChunkLayout.Bits];
        Array.Fill(bits, '0');
        foreach (var contactId in contactIds)
        {
            bits[ChunkLayout.OffsetOf(contactId)] = '1';
        }

        return new string(bits);
    }

    private sealed record LogRow(int TagId, bool Add, int? ContactId, int Chunk, string? Bits);
}
