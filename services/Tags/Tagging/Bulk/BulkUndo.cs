using Dapper;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Tagging.Bulk;

/// <summary>Finds the changes that an undo may revert: those of the operation that no later change touched.</summary>
internal static class BulkUndo
{
    /// <summary>
    /// Returns the revertible contacts of a tag and counts those changed since. Locks the tag's chunks first: the log read afterwards holds
    /// every change made to them, because a change of a chunk is committed together with its log.
    /// </summary>
    public static async Task<(SortedDictionary<int, byte[]> Revertible, int Kept)> FindAsync(
        AccountTransaction transaction, Guid operationId, int tagId, int[] chunks, CancellationToken ct)
    {
        const string sql = $"""
            SELECT b.chunk, bit_send(own.bits & ~later.bits), bit_count(own.bits & later.bits)::int
            FROM tags.bulk_chunk b
            CROSS JOIN LATERAL (
                SELECT bit_or({Sql.ChangedBits}) AS bits
                FROM tags.tag_change c
                WHERE c.account_id = b.account_id AND c.tag_id = @tagId AND c.pos = b.pos AND c.chunk = b.chunk) AS own
            CROSS JOIN LATERAL (
                -- Deleting and restoring a tag leaves its contacts as they were.
                SELECT coalesce(bit_or({Sql.ChangedBits}), {Sql.Zero}) AS bits
                FROM tags.tag_change c
                WHERE c.account_id = b.account_id AND c.tag_id = @tagId AND c.pos > b.pos AND c.chunk = b.chunk
                    AND c.cause_kind <> {CauseKinds.TagLifecycle}) AS later
            WHERE b.account_id = @AccountId AND b.operation_id = @operationId AND b.chunk = ANY (@chunks) AND own.bits IS NOT NULL
            """;
        // The library before the chunks, as everybody takes them.
        await transaction.ShareLibraryAsync(ct);
        await LockAsync(transaction, tagId, chunks, ct);
        var rows = (await transaction.Connection.QueryAsync<(int Chunk, byte[] Revertible, int Kept)>(new CommandDefinition(
            sql, new { transaction.AccountId, operationId, tagId, chunks }, transaction.Transaction, cancellationToken: ct))).AsList();
        return (ChunkBits.FromWire(rows.Select(row => (row.Chunk, row.Revertible))), rows.Sum(row => row.Kept));
    }

    // A tag that was deleted and restored has lost its empty chunks, and what does not exist cannot be locked.
    private static Task<int> LockAsync(AccountTransaction transaction, int tagId, int[] chunks, CancellationToken ct)
    {
        const string sql = $"""
            INSERT INTO tags.tag_chunk (account_id, tag_id, chunk, bits)
            SELECT account_id, tag_id, chunk, {Sql.Zero}
            FROM tags.tag
            CROSS JOIN unnest(@chunks) AS chunk
            WHERE account_id = @AccountId AND tag_id = @tagId AND deleted_at IS NULL
            ORDER BY chunk
            ON CONFLICT DO NOTHING;

            SELECT FROM tags.tag_chunk
            WHERE account_id = @AccountId AND tag_id = @tagId AND chunk = ANY (@chunks)
            ORDER BY chunk
            FOR NO KEY UPDATE
            """;
        return transaction.Connection.ExecuteAsync(
            new CommandDefinition(sql, new { transaction.AccountId, tagId, chunks }, transaction.Transaction, cancellationToken: ct));
    }
}
