using Crm.Tags.V1;
using Grpc.Core;

namespace TagSegments.Tags.Tagging.Bulk;

/// <summary>Serves the progress of operations and their outcomes as streams.</summary>
internal sealed class BulkStreamApi(AccountDirectory accounts, BulkReads reads, BulkList list, BulkWatch watch) : BulkService.BulkServiceBase
{
    private const int MaxOutcomes = 1_000;

    public override async Task WatchBulkOperation(
        WatchBulkOperationRequest request, IServerStreamWriter<WatchBulkOperationResponse> responseStream, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var (_, row) = await list.GetAsync(account.Id, request.OperationId, context.CancellationToken);
        await foreach (var operation in watch.WatchAsync(account.Id, row.OperationId, context.CancellationToken))
        {
            await responseStream.WriteAsync(new WatchBulkOperationResponse { Operation = operation }, context.CancellationToken);
        }
    }

    public override async Task StreamBulkOutcomes(
        StreamBulkOutcomesRequest request, IServerStreamWriter<StreamBulkOutcomesResponse> responseStream, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var (_, row) = await list.GetAsync(account.Id, request.OperationId, context.CancellationToken);

        for (var after = -1; await reads.OutcomesAsync(row, after, context.CancellationToken) is (var chunk, var outcomes); after = chunk)
        {
            foreach (var part in outcomes.Chunk(MaxOutcomes))
            {
                await responseStream.WriteAsync(new StreamBulkOutcomesResponse { Outcomes = { part } }, context.CancellationToken);
            }
        }
    }
}
