using System.Globalization;
using Dapper;
using TagSegments.Tags.Changes;
using CauseKind = Crm.Common.V1.Cause.Types.Kind;

namespace TagSegments.Tags.Tagging.Library;

/// <summary>
/// Deletes and restores tags. A deletion takes the tag off its contacts, and the change log keeps which they were. Restoring puts it back on
/// them. So indexes, the feed and time travel need no rule for deleted tags: no contact has them. A deleted tag has no chunks either, which keeps
/// the commit of single changes from putting it on anybody.
/// </summary>
internal sealed class TagLifecycle(TagStore store, TimeProvider time)
{
    /// <summary>Deletes a tag; deleting a deleted one changes nothing.</summary>
    public async Task DeleteAsync(AccountTransaction transaction, int tagId, string actor, CancellationToken ct)
    {
        await transaction.LockLibraryAsync(ct);
        var row = await TagStore.LockAsync(transaction, tagId, ct);
        if (row.DeletedAt is not null)
        {
            return;
        }

        await transaction.SetBitsAsync(tagId, await LockHoldersAsync(transaction, tagId, ct), on: false, Cause(row.Version + 1, actor), ct);
        await DropChunksAsync(transaction, tagId, ct);
        await store.SaveAsync(transaction, row with { DeletedAt = time.GetUtcNow().UtcDateTime }, ct);
    }

    /// <summary>Restores a tag on the contacts that had it; restoring an existing tag changes nothing.</summary>
    public async Task RestoreAsync(AccountTransaction transaction, int tagId, string actor, CancellationToken ct)
    {
        await transaction.LockLibraryAsync(ct);
        var row = await TagStore.LockAsync(transaction, tagId, ct);
        if (row.DeletedAt is null)
        {
            return;
        }

        await store.SaveAsync(transaction, row with { DeletedAt = null }, ct);
        await transaction.SetBitsAsync(
            tagId, await HoldersBeforeAsync(transaction, tagId, row.Version, ct), on: true, Cause(row.Version + 1, actor), ct);
    }

    /// <summary>Reads the bits of a tag, which nobody can change until the end of the transaction.</summary>
    public static async Task<SortedDictionary<int, byte[]>> LockHoldersAsync(AccountTransaction transaction, int tagId, CancellationToken ct)
    {
        // All chunks are locked, empty ones too: hence the condition outside.
        const string sql = """
            WITH locked AS MATERIALIZED (
                SELECT chunk, bits
                FROM tags.tag_chunk
                WHERE account_id = @AccountId AND tag_id = @tagId
                ORDER BY chunk
                FOR UPDATE)
            SELECT chunk, bit_send(bits)
            FROM locked
            WHERE bit_count(bits) > 0
            """;
        var rows = await transaction.Connection.QueryAsync<(int Chunk, byte[] Bits)>(
            new CommandDefinition(sql, new { transaction.AccountId, tagId }, transaction.Transaction, cancellationToken: ct));
        return ChunkBits.FromWire(rows);
    }

    /// <summary>Drops the chunks of a tag that is being deleted and has been taken off everybody.</summary>
    public static Task DropChunksAsync(AccountTransaction transaction, int tagId, CancellationToken ct)
    {
        const string sql = "DELETE FROM tags.tag_chunk WHERE account_id = @AccountId AND tag_id = @tagId";
        return transaction.Connection.ExecuteAsync(
            new CommandDefinition(sql, new { transaction.AccountId, tagId }, transaction.Transaction, cancellationToken: ct));
    }

    // The version that a deletion makes identifies it in the log; it may have found no holders at all.
    private static async Task<SortedDictionary<int, byte[]>> HoldersBeforeAsync(
        AccountTransaction transaction, int tagId, long deletion, CancellationToken ct)
    {
        const string sql = $"""
            SELECT c.chunk, bit_send({Sql.ChangedBits})
            FROM tags.tag_change c
            WHERE c.account_id = @AccountId AND c.tag_id = @tagId AND c.op = {TagOps.Removed} AND c.cause_kind = @kind AND c.cause_id = @deletion
            """;
        var values = new
        {
            transaction.AccountId,
            tagId,
            kind = (short)CauseKind.TagLifecycle,
            deletion = deletion.ToString(CultureInfo.InvariantCulture),
        };
        var rows = await transaction.Connection.QueryAsync<(int Chunk, byte[] Bits)>(
            new CommandDefinition(sql, values, transaction.Transaction, cancellationToken: ct));
        return ChunkBits.FromWire(rows);
    }

    private static ChangeCause Cause(long version, string actor) => new(
        CauseKind.TagLifecycle, actor, version.ToString(CultureInfo.InvariantCulture), SkipWorkflows: true);
}
