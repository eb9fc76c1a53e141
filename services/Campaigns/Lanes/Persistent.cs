namespace TagSegments.Campaigns.Lanes;

/// <summary>Work that is tried until it succeeds or the service stops: the database may be down.</summary>
internal static class Persistent
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    public static Task RunAsync(Func<Task> work, ILogger logger, CancellationToken ct) => RunAsync(
        async () =>
        {
            await work();
            return true;
        },
        logger,
        ct);

    /// <summary>Returns the result; the default if the service stops first.</summary>
    public static async Task<T?> RunAsync<T>(Func<Task<T>> work, ILogger logger, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return await work();
            }
            catch (Exception e)
            {
                if (ct.IsCancellationRequested)
                {
                    return default;
                }

                logger.BackgroundWorkFailed(e, nameof(SendingService));
                await Task.Delay(s_pause, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
