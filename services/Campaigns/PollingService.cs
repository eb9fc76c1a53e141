namespace TagSegments.Campaigns;

/// <summary>Work that is looked for again and again: at once while there is some, otherwise after a pause. Errors are logged and retried.</summary>
internal abstract class PollingService(TimeSpan interval, ILogger logger) : BackgroundService
{
    private static readonly TimeSpan s_errorPause = TimeSpan.FromSeconds(1);

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
                    await Task.Delay(interval, stoppingToken);
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
