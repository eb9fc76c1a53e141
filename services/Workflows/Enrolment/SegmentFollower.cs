using TagSegments.Workflows.Scheduling;

namespace TagSegments.Workflows.Enrolment;

/// <summary>
/// Reads the watched segments of the accounts that this process holds: every minute, because they also change by time alone, and some seconds
/// after something has happened to a contact.
/// </summary>
internal sealed class SegmentFollower(
    SegmentWatch watch, SegmentLooks looks, PartitionLeases leases, AccountDirectory accounts, TimeProvider time, ILogger<SegmentFollower> logger)
    : PollingService(TimeSpan.FromSeconds(1), logger)
{
    private const int MostAtOnce = 16;

    // Reading after events takes at most a twentieth of the time, however big the segments are.
    private const int Rest = 19;
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(100);
    private int _reading;

    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        var room = MostAtOnce - Volatile.Read(ref _reading);
        if (room == 0 || leases.Held.Count == 0)
        {
            return false;
        }

        var due = await looks.TakeAsync(leases.Held, room, ct);
        foreach (var look in due.Where(look => accounts.Closed.MayWork(look.AccountId)))
        {
            Interlocked.Increment(ref _reading);
            _ = Task.Run(() => LookAsync(look, ct), CancellationToken.None);
        }

        return false;
    }

    private async Task LookAsync(SegmentLook look, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        try
        {
            await watch.LookAtAllAsync(await accounts.GetAsync(look.Name, ct), ct);
            if (time.GetElapsedTime(start) is var duration && duration > s_short)
            {
                await looks.RestAsync(look.AccountId, duration * Rest, ct);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            logger.SegmentsNotSeen(e);
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
        finally
        {
            if (Interlocked.Decrement(ref _reading) == MostAtOnce - 1)
            {
                Wake();
            }
        }
    }
}
