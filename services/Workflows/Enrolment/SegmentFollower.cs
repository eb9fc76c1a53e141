using System.Collections.Concurrent;
using TagSegments.Workflows.Scheduling;

namespace TagSegments.Workflows.Enrolment;

/// <summary>
/// Reads the watched segments of the accounts that this process holds: every minute, because they also change by time alone, and some seconds
/// after something has happened to a contact.
/// </summary>
internal sealed class SegmentFollower(
    SegmentWatch watch, AccountLeases leases, AccountDirectory accounts, SegmentWatchOptions options, TimeProvider time, ILogger<SegmentFollower> logger)
    : PollingService(TimeSpan.FromSeconds(1), logger)
{
    // Reading takes at most a twentieth of the time, however big the segments are.
    private const int Rest = 19;
    private readonly ConcurrentDictionary<int, bool> _touched = new();
    private readonly Dictionary<int, (DateTimeOffset At, Task<TimeSpan> Duration)> _looks = [];

    /// <summary>Reports that something has happened to a contact of the account.</summary>
    public void Touch(int accountId) => _touched[accountId] = true;

    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        foreach (var (accountId, name) in await watch.AccountsAsync(leases.Self, ct))
        {
            if (IsDue(accountId))
            {
                // This reading may miss what happens from now on.
                _touched.TryRemove(accountId, out _);
                _looks[accountId] = (time.GetUtcNow(), LookAsync(name, ct));
            }
        }

        return false;
    }

    private bool IsDue(int accountId)
    {
        if (!_looks.TryGetValue(accountId, out var last))
        {
            return true;
        }

        var since = time.GetUtcNow() - last.At;
        return last.Duration.IsCompletedSuccessfully
            && (since >= TimeSpan.FromSeconds(options.Seconds)
                || (_touched.ContainsKey(accountId)
                    && since >= TimeSpan.FromSeconds(options.AfterEventSeconds)
                    && since >= last.Duration.Result * (Rest + 1)));
    }

    // Returns how long it took.
    private async Task<TimeSpan> LookAsync(string accountName, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        try
        {
            await watch.LookAtAllAsync(await accounts.GetAsync(accountName, ct), ct);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            logger.SegmentsNotSeen(e);
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }

        return time.GetElapsedTime(start);
    }
}
