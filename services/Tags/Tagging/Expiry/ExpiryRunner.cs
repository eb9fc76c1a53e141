using Grpc.Core;
using Npgsql;
using TagSegments.Tags.Diagnostics;

namespace TagSegments.Tags.Tagging.Expiry;

/// <summary>Removes tags when they expire; several processes share the work.</summary>
internal sealed class ExpiryRunner(ExpiryStore store, TimeProvider time, ILogger<ExpiryRunner> logger) : BackgroundService
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var timer = new PeriodicTimer(s_pause);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await RunAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end: a host that is disposed without being stopped would take the exception for a failure.
        }
    }

    private async Task RunAsync(CancellationToken ct)
    {
        try
        {
            var now = time.GetUtcNow().UtcDateTime;
            foreach (var accountId in await store.DueAccountsAsync(now, ct))
            {
                while (await store.ExpireAsync(accountId, now, ct))
                {
                }
            }
        }
        catch (Exception e) when (e is NpgsqlException or RpcException)
        {
            logger.ExpiryInterrupted(e);
        }
    }
}
