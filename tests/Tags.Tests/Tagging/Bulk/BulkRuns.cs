using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Bitmaps;
using TagSegments.ServiceDefaults.Data;
using TagSegments.Tags.Changes;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Tagging.Bulk;

/// <summary>Runs bulk operations to their end, and reads their effects.</summary>
internal sealed class BulkRuns(TestApps apps)
{
    public BulkService.BulkServiceClient Client => new(apps.Channel(Service.Tags));

    public static BulkContacts Ids(IEnumerable<int> contactIds) =>
        new() { Ids = new BulkContacts.Types.Ids { ContactIds = { contactIds } } };

    public async Task<BulkOperation> StartAsync(TagAccount account, IEnumerable<int> contactIds, int[] add, int[] remove) =>
        (await Client.StartBulkOperationAsync(new StartBulkOperationRequest
        {
            Account = account.Name,
            Contacts = Ids(contactIds),
            AddTagIds = { add },
            RemoveTagIds = { remove },
        })).Operation;

    public async Task<BulkOperation> RunAsync(TagAccount account, IEnumerable<int> contactIds, int[] add, int[] remove) =>
        await WaitAsync(account, (await StartAsync(account, contactIds, add, remove)).OperationId);

    public async Task<BulkOperation> UndoAsync(TagAccount account, BulkOperation operation)
    {
        var undo = await Client.UndoBulkOperationAsync(new UndoBulkOperationRequest { Account = account.Name, OperationId = operation.OperationId });
        return await WaitAsync(account, undo.Operation.OperationId);
    }

    public Task<BulkOperation> WaitAsync(TagAccount account, string operationId) => Eventually.ReadAsync(
        async () => (await Client.GetBulkOperationAsync(
            new GetBulkOperationRequest { Account = account.Name, OperationId = operationId })).Operation,
        operation => operation.FinishTime is not null);

    public async Task<List<ContactOutcome>> OutcomesAsync(TagAccount account, BulkOperation operation)
    {
        using var call = Client.StreamBulkOutcomes(
            new StreamBulkOutcomesRequest { Account = account.Name, OperationId = operation.OperationId });
        var outcomes = new List<ContactOutcome>();
        await foreach (var part in call.ResponseStream.ReadAllAsync())
        {
            outcomes.AddRange(part.Outcomes);
        }

        return outcomes;
    }

    public static async Task<List<int>> HoldersAsync(TagAccount account, int tagId)
    {
        await using var database = account.Database();
        await using var command = database.CreateCommand("SELECT chunk, bits FROM tags.tag_chunk WHERE account_id = $1 AND tag_id = $2 ORDER BY chunk");
        command.Parameters.AddWithValue(await account.IdAsync());
        command.Parameters.AddWithValue(tagId);
        await using var reader = await command.ExecuteReaderAsync();
        var holders = new List<int>();
        while (await reader.ReadAsync())
        {
            holders.AddRange(ChunkBits.Contacts(reader.GetInt32(0), reader.ReadBits(1)));
        }

        return holders;
    }

    public static async Task ReopenAsync(TagAccount account, BulkOperation operation, int undoneChunk)
    {
        await using var database = account.Database();
        await using var batch = database.CreateBatch();
        batch.Add(
            "UPDATE tags.bulk_chunk SET skipped = NULL, pos = NULL WHERE operation_id = $1 AND chunk = $2",
            Guid.Parse(operation.OperationId),
            undoneChunk);
        batch.Add(
            "UPDATE tags.bulk_operation SET state = 2, finished_at = NULL, lease_until = '-infinity' WHERE operation_id = $1",
            Guid.Parse(operation.OperationId));
        await batch.ExecuteNonQueryAsync();
    }
}
