using System.Collections.Concurrent;
using Crm.Tags.V1;
using Grpc.Core;

namespace TagSegments.Tags.Tagging.Bulk;

/// <summary>Runs the open operations, two at a time, including those of a process that died.</summary>
internal sealed class BulkRunner(BulkStore store, BulkAudience audience, BulkSteps steps, ILogger<BulkRunner> logger)
    : PollingService(TimeSpan.FromSeconds(1), logger, workers: 2)
{
    // One for each worker. The owner of an operation that an error interrupted may take it up again before its lease has run out.
    private readonly ConcurrentQueue<Guid> _owners = new([Guid.NewGuid(), Guid.NewGuid()]);

    /// <inheritdoc/>
    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        _owners.TryDequeue(out var owner);
        try
        {
            if (await store.ClaimAsync(owner, ct) is not { } operation)
            {
                return false;
            }

            await RunAsync(operation, owner, ct);
            return true;
        }
        finally
        {
            _owners.Enqueue(owner);
        }
    }

    private async Task RunAsync(BulkRow operation, Guid owner, CancellationToken ct)
    {
        try
        {
            if (operation.State == (short)BulkOperation.Types.State.Pending)
            {
                await audience.PrepareAsync(operation, ct);
            }

            while (await steps.RunAsync(operation, owner, ct))
            {
            }
        }
        catch (RpcException e) when (!CanBeRepeated(e) && !ct.IsCancellationRequested)
        {
            await store.FailAsync(operation, e.Status.Detail, ct);
        }
    }

    private static bool CanBeRepeated(RpcException e) => e.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded;
}
