using Crm.Common.V1;
using Dapper;
using Npgsql;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Tagging.Bulk;

/// <summary>Runs an operation step by step: a step is a few chunks in one transaction, which also notes that they are done.</summary>
internal sealed class BulkSteps(AccountDatabase database)
{
    private const int ChunkWritesPerStep = 60;
    private const int FewChunkWrites = 10;

    /// <summary>Runs the next step, which can be a small one; false when there is none, or when the operation was cancelled or taken over.</summary>
    public Task<bool> RunAsync(BulkRow operation, Guid owner, bool small, CancellationToken ct)
    {
        var writes = small ? FewChunkWrites : ChunkWritesPerStep;
        return AccountTransaction.RunAsync(database, operation.AccountId, transaction => RunAsync(transaction, operation, owner, writes, ct), ct);
    }

    private static async Task<bool> RunAsync(AccountTransaction transaction, BulkRow operation, Guid owner, int writes, CancellationToken ct)
    {
        if (!await HoldAsync(transaction, operation, owner, ct))
        {
            return false;
        }

        var tags = operation.Tags.OrderBy(tag => tag.TagId).ToArray();
        var asked = await NextAsync(transaction, operation, Math.Max(1, writes / tags.Length), ct);
        if (asked.Count == 0)
        {
            await FinishAsync(transaction, operation, ct);
            return false;
        }

        var living = operation.UndoOf is null ? await LivingContacts.MaskAsync(transaction, asked, ct) : asked;
        var counts = new List<(int TagId, int Changed, int Unchanged)>();
        foreach (var (tagId, on) in tags)
        {
            counts.Add(await ChangeAsync(transaction, operation, tagId, on, living, ct));
        }

        await NoteAsync(transaction, operation, asked, living, counts, ct);
        return true;
    }

    // The lease is renewed under the row's lock. A process that has lost it finds no row, and a cancellation waits for the step.
    private static async Task<bool> HoldAsync(AccountTransaction transaction, BulkRow operation, Guid owner, CancellationToken ct)
    {
        const string sql = $"""
            UPDATE tags.bulk_operation SET lease_until = clock_timestamp() + interval '30 seconds'
            WHERE account_id = @AccountId AND operation_id = @OperationId AND owner = @owner AND state = {BulkStates.Running}
            """;
        return await transaction.Connection.ExecuteAsync(new CommandDefinition(
            sql, new { operation.AccountId, operation.OperationId, owner }, transaction.Transaction, cancellationToken: ct)) == 1;
    }

    private static async Task<SortedDictionary<int, byte[]>> NextAsync(
        AccountTransaction transaction, BulkRow operation, int limit, CancellationToken ct)
    {
        const string sql = """
            SELECT chunk, bit_send(asked)
            FROM tags.bulk_chunk
            WHERE account_id = @AccountId AND operation_id = @OperationId AND skipped IS NULL
            ORDER BY chunk
            LIMIT @limit
            """;
        return ChunkBits.FromWire(await transaction.Connection.QueryAsync<(int, byte[])>(new CommandDefinition(
            sql, new { operation.AccountId, operation.OperationId, limit }, transaction.Transaction, cancellationToken: ct)));
    }

    private static async Task<(int TagId, int Changed, int Unchanged)> ChangeAsync(
        AccountTransaction transaction, BulkRow operation, int tagId, bool on, SortedDictionary<int, byte[]> contacts, CancellationToken ct)
    {
        var kind = operation.UndoOf is null ? Cause.Types.Kind.Bulk : Cause.Types.Kind.Undo;
        var cause = new ChangeCause(
            kind, operation.Actor, (operation.UndoOf ?? operation.OperationId).ToString(), SkipWorkflows: operation.SkipWorkflows);
        if (operation.UndoOf is { } original)
        {
            var (revertible, kept) = await BulkUndo.FindAsync(transaction, original, tagId, [.. contacts.Keys], ct);
            return (tagId, (await transaction.SetBitsAsync(tagId, revertible, on, cause, ct)).Count, kept);
        }

        var changed = (await transaction.SetBitsAsync(tagId, contacts, on, cause, ct)).Count;
        return (tagId, changed, contacts.Values.Sum(bits => ChunkBits.Count(bits)) - changed);
    }

    private static async Task NoteAsync(
        AccountTransaction transaction,
        BulkRow operation,
        SortedDictionary<int, byte[]> asked,
        SortedDictionary<int, byte[]> living,
        List<(int TagId, int Changed, int Unchanged)> counts,
        CancellationToken ct)
    {
        // A position that this transaction did not make would give it the changes of another one.
        var changed = transaction.HasChanges;
        var position = await transaction.StampAsync(ct);
        var skipped = asked.Select(chunk => Missing(chunk.Value, living.GetValueOrDefault(chunk.Key))).ToArray();
        await using var batch = transaction.CreateBatch();
        batch
            .Add(
                """
                UPDATE tags.bulk_chunk b
                SET skipped = ('x' || encode(p.skipped, 'hex'))::bit(16384), pos = nullif($5, 0)
                FROM unnest($3::int[], $4::bytea[]) AS p (chunk, skipped)
                WHERE b.account_id = $1 AND b.operation_id = $2 AND b.chunk = p.chunk
                """,
                operation.AccountId,
                operation.OperationId,
                asked.Keys.ToArray(),
                skipped,
                changed ? position.Pos : 0L)
            .Add(
                """
                INSERT INTO tags.bulk_tally AS t (account_id, operation_id, tag_id, changed, unchanged)
                SELECT $1, $2, p.tag_id, p.changed, p.unchanged
                FROM unnest($3::int[], $4::int[], $5::int[]) AS p (tag_id, changed, unchanged)
                ON CONFLICT (account_id, operation_id, tag_id)
                DO UPDATE SET changed = t.changed + excluded.changed, unchanged = t.unchanged + excluded.unchanged
                """,
                operation.AccountId,
                operation.OperationId,
                counts.Select(count => count.TagId).ToArray(),
                counts.Select(count => count.Changed).ToArray(),
                counts.Select(count => count.Unchanged).ToArray())
            .Add(
                "UPDATE tags.bulk_operation SET done = done + $3, skipped = skipped + $4 WHERE account_id = $1 AND operation_id = $2",
                operation.AccountId,
                operation.OperationId,
                asked.Values.Sum(bits => ChunkBits.Count(bits)),
                skipped.Sum(bits => ChunkBits.Count(bits)));
        await batch.ExecuteNonQueryAsync(ct);
    }

    private static Task<int> FinishAsync(AccountTransaction transaction, BulkRow operation, CancellationToken ct)
    {
        const string sql = $"""
            UPDATE tags.bulk_operation SET state = {BulkStates.Succeeded}, finished_at = clock_timestamp()
            WHERE account_id = @AccountId AND operation_id = @OperationId
            """;
        return transaction.Connection.ExecuteAsync(new CommandDefinition(
            sql, new { operation.AccountId, operation.OperationId }, transaction.Transaction, cancellationToken: ct));
    }

    private static byte[] Missing(byte[] asked, byte[]? living)
    {
        var missing = (byte[])asked.Clone();
        for (var index = 0; living is not null && index < missing.Length; index++)
        {
            missing[index] &= (byte)~living[index];
        }

        return missing;
    }
}
