using Crm.Tags.V1;
using Grpc.Core;
using Npgsql;
using TagSegments.Tags.Diagnostics;

namespace TagSegments.Tags.Tagging.Bulk;

/// <summary>Runs the open operations, two at a time, including those of a process that died.</summary>
internal sealed class BulkRunner(BulkStore store, BulkAudience audience, BulkSteps steps, ILogger<BulkRunner> logger) : BackgroundService
{
    private const int Lanes = 2;
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _news = new(0);

    /// <summary>Says that an operation was started, so that it need not wait for the next look.</summary>
    public void Wake() => _news.Release();

    /// <inheritdoc/>
    public override void Dispose()
    {
        _news.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Lanes).Select(_ => RunLaneAsync(stoppingToken)));

    private async Task RunLaneAsync(CancellationToken ct)
    {
        var owner = Guid.NewGuid();
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (await store.ClaimAsync(owner, ct) is { } operation)
                {
                    await RunAsync(operation, owner, ct);
                }
                else
                {
                    await _news.WaitAsync(s_pause, ct);
                }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (NpgsqlException e)
            {
                logger.BulkInterrupted(e);
                await Task.Delay(s_pause, CancellationToken.None);
            }
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
        catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded)
        {
            // It is tried again, by this process or by another one when the lease has run out.
            logger.BulkInterrupted(e);
            await Task.Delay(s_pause, ct);
        }
        catch (RpcException e) when (!ct.IsCancellationRequested)
        {
            await store.FailAsync(operation, e.Status.Detail, ct);
        }
    }
}
