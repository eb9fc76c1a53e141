using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace TagSegments.ServiceDefaults.Work;

/// <summary>
/// Work that is polled for: at once while there is some, otherwise after a pause or when the service is woken. Errors are logged
/// and the work is tried again.
/// </summary>
/// <param name="pause">How long it waits after it found nothing to do.</param>
/// <param name="logger">Where errors are logged.</param>
/// <param name="workers">The number of concurrent workers.</param>
public abstract class PollingService(TimeSpan pause, ILogger logger, int workers = 1) : BackgroundService
{
    private static readonly TimeSpan s_errorPause = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _wake = new(0, workers);

    /// <summary>How long it waits after it found nothing to do.</summary>
    protected virtual TimeSpan Pause => pause;

    /// <summary>Ends the pause: there is something to do, or will be when it looks.</summary>
    public void Wake()
    {
        lock (_wake)
        {
            if (_wake.CurrentCount < workers)
            {
                _wake.Release();
            }
        }
    }

    /// <summary>Does what there is to do; false if there was nothing.</summary>
    protected abstract Task<bool> RunOnceAsync(CancellationToken ct);

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, workers).Select(_ => WorkAsync(stoppingToken)));

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        // The host starts while this waits.
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!await RunOnceAsync(stoppingToken))
                {
                    await _wake.WaitAsync(Pause, stoppingToken);
                }
            }
            catch (Exception e) when (stoppingToken.IsCancellationRequested
                && e is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
            {
                // The end: a host that is disposed without being stopped would take the exception for a failure.
                return;
            }
            catch (Exception e)
            {
                logger.BackgroundWorkFailed(e, GetType().Name);
                await Task.Delay(s_errorPause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
