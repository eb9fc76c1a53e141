using TagSegments.Workflows.Enrolment;
using TagSegments.Workflows.Scheduling;

namespace TagSegments.Workflows.Execution;

/// <summary>Ends the work for accounts when they are deleted, and continues it when they are restored.</summary>
internal sealed class DeletionWatch(
    AccountDirectory accounts, AccountWork<Feed> feeds, AccountWork<RunLane> runs, ClockFollower clocks, DueWatch due, ILogger<DeletionWatch> logger)
    : PollingService(TimeSpan.FromSeconds(1), logger)
{
    private bool _wasKnown;
    private HashSet<int> _closed = [];

    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        if (!accounts.Closed.IsKnown)
        {
            return false;
        }

        var closed = accounts.Closed.Ids.ToHashSet();
        if (closed.Except(_closed).Any())
        {
            await Task.WhenAll(feeds.StopLostAsync(), runs.StopLostAsync());
        }

        // Nothing is done for anybody before it is known who is closed.
        var opened = _wasKnown ? _closed.Except(closed).Select(Partitioner.PartitionOf).Distinct().ToArray() : [.. Enumerable.Range(0, Partitioner.Partitions)];
        if (opened.Length > 0)
        {
            clocks.ReadAll();
            await due.WakeAllAsync(opened, ct);
        }

        (_wasKnown, _closed) = (true, closed);
        return false;
    }
}
