using Npgsql;
using TagSegments.Workflows.Enrolment;
using TagSegments.Workflows.Scheduling;

namespace TagSegments.Workflows.Execution;

/// <summary>Works for the partitions of accounts that this process holds: handles what is new in their feeds and carries out their runs.</summary>
internal sealed class AccountHost(
    PartitionLeases leases, AccountWork<Feed> feeds, AccountWork<RunLane> runs, ClockFollower clocks, DueWatch due, ILogger<AccountHost> logger)
    : PollingService(TimeSpan.FromSeconds(1), logger)
{
    // Taken over, and not checked yet for what another process left.
    private readonly HashSet<int> _unchecked = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await base.ExecuteAsync(stoppingToken);
        leases.HoldNothing();
        await StopLostAsync();
        await LeaveAsync();
    }

    // A partition goes to another process only when none of its work is under way here.
    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        var (gained, lost) = await leases.RenewAsync(ct);
        if (lost.Count > 0)
        {
            await StopLostAsync();
            await leases.ReleaseAsync(lost, ct);
        }

        if (gained.Count > 0)
        {
            logger.PartitionsGained(gained.Count, leases.Held.Count);
            clocks.ReadAll();
            _unchecked.UnionWith(gained);
        }

        if (_unchecked.Count > 0)
        {
            await due.WakeAllAsync(_unchecked, ct);
            _unchecked.Clear();
        }

        return false;
    }

    private Task StopLostAsync() => Task.WhenAll(feeds.StopLostAsync(), runs.StopLostAsync());

    private async Task LeaveAsync()
    {
        try
        {
            await leases.LeaveAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or ObjectDisposedException)
        {
            // The database is down, or the host is disposed without being stopped. The leases expire by themselves.
            logger.LeasesUnavailable(e);
        }
    }
}
