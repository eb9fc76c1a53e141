using Crm.Tags.V1;
using Dapper;
using Npgsql;

namespace TagSegments.Tags.Tagging.Bulk;

/// <summary>The bulk operations in the database.</summary>
internal sealed class BulkStore(AccountDatabase database, WorkDatabase work)
{
    private const string Open = $"state IN ({BulkStates.Pending}, {BulkStates.Running})";

    /// <summary>Writes a new operation, to be run when the transaction is committed.</summary>
    public static Task<int> InsertAsync(NpgsqlTransaction transaction, BulkRow row, CancellationToken ct)
    {
        const string sql = """
            INSERT INTO tags.bulk_operation (account_id, operation_id, state, source, exclude_contact_ids, undo_of, add_tag_ids, remove_tag_ids,
                actor, skip_workflows, total, created_at)
            VALUES (@AccountId, @OperationId, @State, @Source::jsonb, @ExcludeContactIds, @UndoOf, @AddTagIds, @RemoveTagIds, @Actor,
                @SkipWorkflows, @Total, @CreatedAt)
            """;
        return transaction.Connection!.ExecuteAsync(new CommandDefinition(
            sql,
            new
            {
                row.AccountId,
                row.OperationId,
                row.State,
                row.Source,
                ExcludeContactIds = (int[])row.ExcludeContactIds,
                row.UndoOf,
                AddTagIds = (int[])row.AddTagIds,
                RemoveTagIds = (int[])row.RemoveTagIds,
                row.Actor,
                row.SkipWorkflows,
                row.Total,
                row.CreatedAt,
            },
            transaction,
            cancellationToken: ct));
    }

    /// <summary>Throws RESOURCE_EXHAUSTED if as many operations of the account are open as its limit allows.</summary>
    public static async Task RequireRoomAsync(NpgsqlTransaction transaction, AccountInfo account, CancellationToken ct)
    {
        // Two that start at the same time count each other.
        const string lockSql = "SELECT pg_advisory_xact_lock(hashtext('tags.bulk_operation'), @Id)";
        const string sql = $"SELECT count(*) FROM tags.bulk_operation WHERE account_id = @Id AND {Open}";
        await transaction.Connection!.ExecuteAsync(new CommandDefinition(lockSql, new { account.Id }, transaction, cancellationToken: ct));
        var open = await transaction.Connection!.ExecuteScalarAsync<long>(new CommandDefinition(sql, new { account.Id }, transaction, cancellationToken: ct));
        var most = account.Limits.BulkOperations;
        if (open >= most)
        {
            throw RpcErrors.QuotaExceeded(
                "bulk_operations", most, $"{open} bulk operations of the account wait or run already. Wait for one or cancel it.", TimeSpan.FromSeconds(10));
        }
    }

    /// <summary>Gets the name of an operation's account.</summary>
    public async Task<string> AccountNameAsync(BulkRow row, CancellationToken ct)
    {
        const string sql = "SELECT name FROM crm.account WHERE account_id = @AccountId";
        await using var connection = await database.OpenAsync(row.AccountId, ct);
        return await connection.QuerySingleAsync<string>(new CommandDefinition(sql, new { row.AccountId }, cancellationToken: ct));
    }

    /// <summary>Writes the contacts of an operation.</summary>
    public static Task<int> InsertChunksAsync(
        NpgsqlTransaction transaction, int accountId, Guid operationId, SortedDictionary<int, byte[]> chunks, CancellationToken ct)
    {
        const string sql = """
            INSERT INTO tags.bulk_chunk (account_id, operation_id, chunk, asked)
            SELECT @accountId, @operationId, p.chunk, ('x' || encode(p.bits, 'hex'))::bit(16384)
            FROM unnest(@chunks, @bits) AS p (chunk, bits)
            """;
        var values = new { accountId, operationId, chunks = chunks.Keys.ToArray(), bits = chunks.Values.ToArray() };
        return transaction.Connection!.ExecuteAsync(new CommandDefinition(sql, values, transaction, cancellationToken: ct));
    }

    /// <summary>Copies the contacts of the changed chunks of an operation to its undo and returns how many they are.</summary>
    public static Task<int> CopyChunksAsync(NpgsqlTransaction transaction, BulkRow original, Guid operationId, CancellationToken ct)
    {
        const string sql = """
            WITH copied AS (
                INSERT INTO tags.bulk_chunk (account_id, operation_id, chunk, asked)
                SELECT account_id, @operationId, chunk, asked
                FROM tags.bulk_chunk
                WHERE account_id = @AccountId AND operation_id = @original AND pos IS NOT NULL
                RETURNING asked)
            SELECT coalesce(sum(bit_count(asked)), 0)::int FROM copied
            """;
        var values = new { original.AccountId, original = original.OperationId, operationId };
        return transaction.Connection!.ExecuteScalarAsync<int>(new CommandDefinition(sql, values, transaction, cancellationToken: ct));
    }

    /// <summary>Starts an operation whose contacts have been found.</summary>
    public static Task<int> SetRunningAsync(NpgsqlTransaction transaction, BulkRow row, int total, CancellationToken ct)
    {
        const string sql = $"""
            UPDATE tags.bulk_operation SET state = {BulkStates.Running}, total = @total
            WHERE account_id = @AccountId AND operation_id = @OperationId AND state = {BulkStates.Pending}
            """;
        return transaction.Connection!.ExecuteAsync(
            new CommandDefinition(sql, new { row.AccountId, row.OperationId, total }, transaction, cancellationToken: ct));
    }

    /// <summary>Finds an operation.</summary>
    public async Task<BulkRow> GetAsync(int accountId, string operationId, CancellationToken ct)
    {
        const string sql = $"SELECT {BulkRow.Columns} FROM tags.bulk_operation b WHERE account_id = @accountId AND operation_id = @id";
        if (!Guid.TryParse(operationId, out var id))
        {
            throw RpcErrors.NotFound("bulk operation", operationId);
        }

        await using var connection = await database.OpenAsync(accountId, ct);
        return await connection.QuerySingleOrDefaultAsync<BulkRow>(new CommandDefinition(sql, new { accountId, id }, cancellationToken: ct))
            ?? throw RpcErrors.NotFound("bulk operation", operationId);
    }

    /// <summary>Lists operations before one, newest first: their ids grow with time.</summary>
    public async Task<List<BulkRow>> ListAsync(int accountId, Guid? before, int limit, CancellationToken ct)
    {
        const string sql = $"""
            SELECT {BulkRow.Columns}
            FROM tags.bulk_operation b
            WHERE account_id = @accountId AND (@before::uuid IS NULL OR operation_id < @before)
            ORDER BY operation_id DESC
            LIMIT @limit
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var rows = await connection.QueryAsync<BulkRow>(new CommandDefinition(sql, new { accountId, before, limit }, cancellationToken: ct));
        return rows.AsList();
    }

    /// <summary>Returns operations of one account with their changes.</summary>
    public async Task<List<BulkOperation>> ToProtoAsync(IReadOnlyList<BulkRow> rows, CancellationToken ct)
    {
        const string sql = """
            SELECT operation_id, tag_id, changed, unchanged
            FROM tags.bulk_tally
            WHERE account_id = @AccountId AND operation_id = ANY (@operationIds)
            """;
        if (rows.Count == 0)
        {
            return [];
        }

        var values = new { rows[0].AccountId, operationIds = rows.Select(row => row.OperationId).ToArray() };
        await using var connection = await database.OpenAsync(rows[0].AccountId, ct);
        var tallies = (await connection.QueryAsync<(Guid OperationId, int TagId, int Changed, int Unchanged)>(
                new CommandDefinition(sql, values, cancellationToken: ct)))
            .ToLookup(row => row.OperationId, row => new TagChangeCount { TagId = row.TagId, Changed = row.Changed, Unchanged = row.Unchanged });
        return [.. rows.Select(row => row.ToProto(tallies[row.OperationId].ToDictionary(count => count.TagId)))];
    }

    /// <summary>Cancels an operation that has not ended. A step under way is finished first, as it holds the row.</summary>
    public async Task CancelAsync(BulkRow row, CancellationToken ct)
    {
        const string sql = $"""
            UPDATE tags.bulk_operation SET state = {BulkStates.Cancelled}, finished_at = now()
            WHERE account_id = @AccountId AND operation_id = @OperationId AND {Open}
            """;
        await using var connection = await database.OpenAsync(row.AccountId, ct);
        await connection.ExecuteAsync(new CommandDefinition(sql, new { row.AccountId, row.OperationId }, cancellationToken: ct));
    }

    /// <summary>Ends an operation that cannot go on.</summary>
    public async Task FailAsync(BulkRow row, string error, CancellationToken ct)
    {
        const string sql = $"""
            UPDATE tags.bulk_operation SET state = {BulkStates.Failed}, error = @error, finished_at = now()
            WHERE account_id = @AccountId AND operation_id = @OperationId AND {Open}
            """;
        await using var connection = await database.OpenAsync(row.AccountId, ct);
        await connection.ExecuteAsync(new CommandDefinition(sql, new { row.AccountId, row.OperationId, error }, cancellationToken: ct));
    }

    /// <summary>
    /// Takes an open operation that nobody runs, of the account that has had the least and the oldest of that first; also one of its own, that an
    /// error interrupted.
    /// </summary>
    public async Task<BulkRow?> ClaimAsync(Guid owner, ClaimOrder order, CancellationToken ct)
    {
        const string sql = $"""
            UPDATE tags.bulk_operation b
            SET owner = @owner, lease_until = now() + interval '30 seconds'
            FROM (SELECT account_id, operation_id FROM tags.bulk_operation o
                  LEFT JOIN unnest(@AccountIds, @Ahead) AS share (account_id, ahead) USING (account_id)
                  WHERE {Open} AND (lease_until < now() OR owner = @owner) AND account_id <> ALL (@Full)
                  ORDER BY coalesce(ahead, 0), lease_until, created_at
                  LIMIT 1
                  FOR UPDATE OF o SKIP LOCKED) AS free
            WHERE b.account_id = free.account_id AND b.operation_id = free.operation_id
            RETURNING {BulkRow.Columns}
            """;
        await using var connection = await work.OpenAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<BulkRow>(
            new CommandDefinition(sql, new { owner, order.Full, order.AccountIds, order.Ahead }, cancellationToken: ct));
    }

    /// <summary>Gives an operation back that has not ended, before others of its account.</summary>
    public async Task GiveBackAsync(BulkRow row, Guid owner, CancellationToken ct)
    {
        const string sql = $"""
            UPDATE tags.bulk_operation SET lease_until = '-infinity'
            WHERE account_id = @AccountId AND operation_id = @OperationId AND owner = @owner AND {Open}
            """;
        await using var connection = await database.OpenAsync(row.AccountId, ct);
        await connection.ExecuteAsync(new CommandDefinition(sql, new { row.AccountId, row.OperationId, owner }, cancellationToken: ct));
    }
}
