using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Tags.Tagging.Library;

namespace TagSegments.Tags.Tagging.Bulk;

/// <summary>Serves bulk operations; their streams are served elsewhere.</summary>
internal sealed class BulkApi(
    AccountDirectory accounts, TagStore library, BulkStarts starts, BulkReads reads, BulkList list, FairQueue turns)
    : BulkService.BulkServiceBase
{
    public override async Task<PreviewBulkOperationResponse> PreviewBulkOperation(
        PreviewBulkOperationRequest request, ServerCallContext context)
    {
        var tags = BulkStarts.Check(request.Contacts, request.AddTagIds, request.RemoveTagIds);
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        await library.RequireAsync(account.Id, [.. tags.Select(tag => tag.TagId)], context.CancellationToken);

        using var turn = await turns.EnterAsync(account, context.CancellationToken);
        return await reads.PreviewAsync(account.Id, request, tags, context.CancellationToken);
    }

    public override async Task<StartBulkOperationResponse> StartBulkOperation(StartBulkOperationRequest request, ServerCallContext context)
    {
        var tags = BulkStarts.Check(request.Contacts, request.AddTagIds, request.RemoveTagIds);
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        await library.RequireAsync(account.Id, [.. tags.Select(tag => tag.TagId)], context.CancellationToken);

        return await starts.StartAsync(account, request, context);
    }

    public override async Task<GetBulkOperationResponse> GetBulkOperation(GetBulkOperationRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        var (operation, _) = await list.GetAsync(account.Id, request.OperationId, context.CancellationToken);
        return new GetBulkOperationResponse { Operation = operation };
    }

    public override async Task<ListBulkOperationsResponse> ListBulkOperations(ListBulkOperationsRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return await list.ReadAsync(account.Id, request, context.CancellationToken);
    }

    public override async Task<CancelBulkOperationResponse> CancelBulkOperation(CancelBulkOperationRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        await list.CancelAsync(account.Id, request.OperationId, context.CancellationToken);
        var (operation, _) = await list.GetAsync(account.Id, request.OperationId, context.CancellationToken);
        return new CancelBulkOperationResponse { Operation = operation };
    }

    public override async Task<UndoBulkOperationResponse> UndoBulkOperation(UndoBulkOperationRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return await starts.UndoAsync(account, request, context);
    }
}
