using Crm.Errors.V1;
using Crm.Tags.V1;
using Google.Protobuf;
using Grpc.Core;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Tagging.Bulk;

/// <summary>Starts operations and undos.</summary>
internal sealed class BulkStarts(
    AccountWrites writes, BulkStore store, BulkAudience audience, BulkRunner runner, TimeProvider time)
{
    private const int MaxExcluded = 10_000;

    /// <summary>Checks contacts and tags without the database.</summary>
    public static (int TagId, bool On)[] Check(BulkContacts? contacts, IReadOnlyList<int> add, IReadOnlyList<int> remove)
    {
        new FieldChecks()
            .Require(contacts is { ContactsCase: not BulkContacts.ContactsOneofCase.None }, "contacts", "is required: ids or matching")
            .Require(contacts?.Ids is not { ContactIds.Count: 0 }, "contacts.ids.contact_ids", "is empty")
            .Require(
                contacts is not { ExcludeContactIds.Count: > MaxExcluded }, "contacts.exclude_contact_ids", $"has more than {MaxExcluded} numbers")
            .ThrowIfAny();
        BulkWrites.CheckTags(add, remove);
        return [.. add.Select(tagId => (tagId, true)), .. remove.Select(tagId => (tagId, false))];
    }

    /// <summary>Starts an operation on the contacts of a request.</summary>
    public async Task<StartBulkOperationResponse> StartAsync(AccountInfo account, StartBulkOperationRequest request, ServerCallContext context)
    {
        var chunks = request.Contacts.Ids is { } ids ? ChunkBits.Split(ids.ContactIds) : [];
        ChunkBits.Remove(chunks, request.Contacts.ExcludeContactIds);
        var source = request.Contacts.Matching is { } matching ? JsonFormatter.Default.Format(matching) : null;
        var row = NewRow(account.Id, context.Principal(), request.SkipWorkflows) with
        {
            State = (short)(source is null ? BulkOperation.Types.State.Running : BulkOperation.Types.State.Pending),
            Source = source,
            ExcludeContactIds = request.Contacts.ExcludeContactIds.ToArray(),
            AddTagIds = request.AddTagIds.ToArray(),
            RemoveTagIds = request.RemoveTagIds.ToArray(),
            Total = chunks.Values.Sum(bits => ChunkBits.Count(bits)),
        };
        // A repeated call gets its answer even if the filter has broken since. A filter that breaks later fails the operation.
        if (await writes.FindAnswerAsync<StartBulkOperationResponse>(account, context, request) is { } answer)
        {
            return answer;
        }

        // The segment service is asked before the request id is locked.
        await audience.CheckAsync(account.Name, request.Contacts, context.CancellationToken);
        var response = await writes.RunAsync(account, context, request, StartAsync, (_, _) => { });
        runner.Wake();
        return response;

        async Task<StartBulkOperationResponse> StartAsync(AccountTransaction transaction)
        {
            await BulkStore.RequireRoomAsync(transaction.Transaction, account, context.CancellationToken);
            await BulkStore.InsertAsync(transaction.Transaction, row, context.CancellationToken);
            await BulkStore.InsertChunksAsync(transaction.Transaction, account.Id, row.OperationId, chunks, context.CancellationToken);
            return new StartBulkOperationResponse { Operation = row.ToProto(new Dictionary<int, TagChangeCount>()) };
        }
    }

    /// <summary>Starts the undo of an operation: removes the tags that it added and adds the tags that it removed.</summary>
    public async Task<UndoBulkOperationResponse> UndoAsync(AccountInfo account, UndoBulkOperationRequest request, ServerCallContext context)
    {
        var original = await store.GetAsync(account.Id, request.OperationId, context.CancellationToken);
        if (!original.HasEnded)
        {
            throw RpcErrors.Create(
                StatusCode.FailedPrecondition, ErrorReason.WrongState, "The operation has not ended: wait for it or cancel it.",
                ("resource", "bulk operation"), ("id", request.OperationId), ("state", "RUNNING"));
        }

        var row = NewRow(account.Id, context.Principal(), request.SkipWorkflows) with
        {
            State = (short)BulkOperation.Types.State.Running,
            UndoOf = original.OperationId,
            AddTagIds = original.RemoveTagIds,
            RemoveTagIds = original.AddTagIds,
        };
        var response = await writes.RunAsync(account, context, request, UndoAsync, (_, _) => { });
        runner.Wake();
        return response;

        async Task<UndoBulkOperationResponse> UndoAsync(AccountTransaction transaction)
        {
            await BulkStore.RequireRoomAsync(transaction.Transaction, account, context.CancellationToken);
            var total = await BulkStore.CopyChunksAsync(transaction.Transaction, original, row.OperationId, context.CancellationToken);
            var started = row with { Total = total };
            await BulkStore.InsertAsync(transaction.Transaction, started, context.CancellationToken);
            return new UndoBulkOperationResponse { Operation = started.ToProto(new Dictionary<int, TagChangeCount>()) };
        }
    }

    private BulkRow NewRow(int accountId, string actor, bool skipWorkflows) => new(
        accountId, Guid.CreateVersion7(), 0, null, Array.Empty<int>(), null, Array.Empty<int>(), Array.Empty<int>(), actor, skipWorkflows, 0, 0, 0, "",
        time.GetUtcNow().UtcDateTime, null);
}
