using Crm.Tags.V1;
using Dapper;
using Npgsql;
using State = Crm.Tags.V1.BulkOperation.Types.State;

namespace TagSegments.Tags.Tagging.Bulk;

/// <summary>Watches operations: each step of one writes its row.</summary>
internal sealed class BulkWatch(WorkDatabase work, BulkList list, TimeProvider time, ILogger<BulkWatch> logger) : SharedWatch<BulkOperation>(time, logger)
{
    /// <inheritdoc/>
    protected override bool IsOver(BulkOperation item) => item.State is State.Succeeded or State.Cancelled or State.Failed;

    /// <inheritdoc/>
    protected override async Task<BulkOperation> ReadAsync(int accountId, Guid id, CancellationToken ct) =>
        (await list.GetAsync(accountId, id.ToString(), ct)).Operation;

    /// <inheritdoc/>
    protected override async Task<Dictionary<Guid, string>> VersionsAsync(int[] accountIds, Guid[] ids, CancellationToken ct)
    {
        // The transaction that wrote the row last.
        const string sql = """
            SELECT operation_id, b.xmin::text
            FROM tags.bulk_operation b
            JOIN unnest(@accountIds, @ids) AS w (account_id, operation_id) USING (account_id, operation_id)
            """;
        await using var connection = await work.OpenAsync(ct);
        return (await connection.QueryAsync<(Guid OperationId, string Version)>(new CommandDefinition(sql, new { accountIds, ids }, cancellationToken: ct)))
            .ToDictionary(row => row.OperationId, row => row.Version);
    }
}
