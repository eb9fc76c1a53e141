using System.Globalization;
using Npgsql;

namespace TagSegments.Tags.Changes;

/// <summary>Sets and clears bits of a tag's chunks, right among concurrent writers of the same chunks.</summary>
internal static class ChunkWrites
{
    /// <summary>Sets or clears bits and returns, by chunk, the bits really changed.</summary>
    public static async Task<Dictionary<int, byte[]>> SetAsync(
        AccountTransaction transaction, int tagId, SortedDictionary<int, byte[]> chunks, bool on, bool mustExist, CancellationToken ct) =>
        (await SetAsync(transaction, [(tagId, chunks)], on, mustExist, ct))[0];

    /// <summary>Does so for several tags, which come in the order of their numbers, in one round trip; returns the changes of each.</summary>
    public static async Task<List<Dictionary<int, byte[]>>> SetAsync(
        AccountTransaction transaction, IReadOnlyList<(int TagId, SortedDictionary<int, byte[]> Chunks)> tags, bool on, bool mustExist, CancellationToken ct)
    {
        await using var batch = transaction.CreateBatch();
        if (mustExist)
        {
            transaction.ShareLibrary(batch);
        }

        foreach (var (tagId, chunks) in tags)
        {
            if (mustExist)
            {
                AddTagCheck(batch, transaction.AccountId, tagId);
            }

            AddWrites(batch, [transaction.AccountId, tagId, chunks.Keys.ToArray(), chunks.Values.ToArray()], on);
        }

        await using var reader = await batch.ExecuteReaderAsync(ct);
        var changes = new List<Dictionary<int, byte[]>>(tags.Count);
        foreach (var (tagId, _) in tags)
        {
            if (mustExist)
            {
                await reader.NextResultAsync(ct);
                if (!await reader.ReadAsync(ct))
                {
                    throw RpcErrors.NotFound("tag", tagId.ToString(CultureInfo.InvariantCulture));
                }
            }

            if (mustExist || changes.Count > 0)
            {
                await reader.NextResultAsync(ct);
            }

            changes.Add(await ReadAsync(reader, ct));
        }

        return changes;
    }

    private static void AddTagCheck(NpgsqlBatch batch, int accountId, int tagId) =>
        batch.Add("SELECT 1 FROM tags.tag WHERE account_id = $1 AND tag_id = $2 AND deleted_at IS NULL", accountId, tagId);

    // The second statement locks the chunks in order and returns what will change; the third changes it. Each statement of a READ COMMITTED
    // transaction sees what was committed before it began, so no bits are overwritten. Rows must exist to be locked: hence the first.
    private static void AddWrites(NpgsqlBatch batch, object[] values, bool on)
    {
        if (on)
        {
            batch.Add(
                $"""
                INSERT INTO tags.tag_chunk (account_id, tag_id, chunk, bits)
                SELECT $1, $2, n.chunk, {Sql.Zero}
                FROM unnest($3::int[]) AS n (chunk)
                WHERE NOT EXISTS (SELECT FROM tags.tag_chunk t WHERE t.account_id = $1 AND t.tag_id = $2 AND t.chunk = n.chunk)
                ORDER BY n.chunk
                ON CONFLICT DO NOTHING
                """,
                values[..3]);
        }

        var changed = on ? "n.bits & ~t.bits" : "n.bits & t.bits";
        batch.Add(
            $"""
            SELECT t.chunk, {changed}
            FROM unnest($3::int[], $4::bytea[]) AS p (chunk, bytes)
            CROSS JOIN LATERAL (SELECT ('x' || encode(p.bytes, 'hex'))::bit(16384) AS bits) AS n
            JOIN tags.tag_chunk t ON t.account_id = $1 AND t.tag_id = $2 AND t.chunk = p.chunk
            ORDER BY t.chunk
            FOR NO KEY UPDATE OF t
            """,
            values);
        batch.Add(
            $"""
            UPDATE tags.tag_chunk t
            SET bits = {(on ? "t.bits | n.bits" : "t.bits & ~n.bits")}
            FROM unnest($3::int[], $4::bytea[]) AS p (chunk, bytes)
            CROSS JOIN LATERAL (SELECT ('x' || encode(p.bytes, 'hex'))::bit(16384) AS bits) AS n
            WHERE t.account_id = $1 AND t.tag_id = $2 AND t.chunk = p.chunk AND bit_count({changed}) > 0
            """,
            values);
    }

    private static async Task<Dictionary<int, byte[]>> ReadAsync(NpgsqlDataReader reader, CancellationToken ct)
    {
        var changed = new Dictionary<int, byte[]>();
        while (await reader.ReadAsync(ct))
        {
            var bits = reader.ReadBits(1);
            if (ChunkBits.Count(bits) > 0)
            {
                changed.Add(reader.GetInt32(0), bits);
            }
        }

        return changed;
    }
}
