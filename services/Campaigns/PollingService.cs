namespace TagSegments.Campaigns;

/// <summary>
/// Work that is looked for again and again: at once while there is some, otherwise after a pause or when somebody says that there is. Errors are
/// logged and retried.
/// </summary>
internal abstract class PollingService(TimeSpan interval, ILogger logger) : BackgroundService
{
    private static readonly TimeSpan s_errorPause = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _wake = new(0, 1);

    /// <summary>Ends the pause: there is something to do, or will be found to be.</summary>
    public void Wake()
    {
        lock (_wake)
        {
            if (_wake.CurrentCount == 0)
            {
                _wake.Release();
            }
        }
    }

    /// <summary>Does what there is to do; false if there was nothing.</summary>
    protected abstract Task<bool> RunOnceAsync(CancellationToken ct);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host starts while this waits.
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!await RunOnceAsync(stoppingToken))
                {
                    await _wake.WaitAsync(interval, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
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
