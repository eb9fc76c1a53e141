using Npgsql;
using TagSegments.Workflows.Enrolment;
using TagSegments.Workflows.Scheduling;

namespace TagSegments.Workflows.Execution;

/// <summary>Follows the feeds and carries out the runs of the accounts that this process holds.</summary>
internal sealed class AccountHost(
    AccountLeases leases, AccountDirectory accounts, FeedFollower feeds, Executor executor, ILogger<AccountHost> logger)
    : PollingService(TimeSpan.FromSeconds(1), logger)
{
    private readonly Dictionary<int, (CancellationTokenSource Stop, Task Work)> _held = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await base.ExecuteAsync(stoppingToken);
        await Task.WhenAll(_held.Keys.ToList().Select(StopAsync));
        await LeaveAsync();
    }

    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        await FollowLeasesAsync(await leases.HoldAsync(ct), ct);
        return false;
    }

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

    // An account goes to another process only when none of its work is under way here.
    private async Task FollowLeasesAsync(IReadOnlyDictionary<int, string> held, CancellationToken ct)
    {
        var lost = _held.Keys.Except(held.Keys).ToList();
        if (lost.Count > 0)
        {
            await Task.WhenAll(lost.Select(StopAsync));
            await leases.ReleaseAsync(lost, ct);
        }

        foreach (var (id, name) in held.Where(account => !_held.ContainsKey(account.Key)))
        {
            var account = await accounts.GetAsync(name, ct);
            var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            _held[id] = (stop, WorkAsync(account, stop.Token));
            logger.AccountHeld(name);
        }
    }

    private Task WorkAsync(AccountInfo account, CancellationToken ct) => Task.WhenAll(
    [
        .. Enum.GetValues<Feed>().Select(feed => feeds.RunAsync(account, feed, ct)),
        .. Enum.GetValues<RunLane>().Select(lane => executor.RunAsync(account, lane, ct)),
    ]);

    private async Task StopAsync(int accountId)
    {
        _held.Remove(accountId, out var held);
        await held.Stop.CancelAsync();
        // It ends by being cancelled.
        await held.Work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        held.Stop.Dispose();
    }
}
