using TagSegments.ServiceDefaults;

namespace TagSegments.Workflows.Enrolment;

/// <summary>Looks at the watched segments of one account, for as long as this process holds the account.</summary>
internal sealed class SegmentFollower(SegmentWatch watch, TimeProvider time, ILogger<SegmentFollower> logger)
{
    public async Task RunAsync(AccountInfo account, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await watch.LookAtAllAsync(account, ct);
            }
            catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                // The database is away: what it remembers of the last look stays.
                logger.SegmentsNotSeen(e, account.Name);
            }
            catch (OperationCanceledException)
            {
                break;
            }

            await Task.Delay(watch.Interval, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
