using Crm.Common.V1;
using Dapper;
using Grpc.Core;
using Npgsql;
using TagSegments.Workflows.Scheduling;

namespace TagSegments.Workflows.Enrolment;

/// <summary>
/// Follows the clocks of all accounts and wakes those of this process whose feeds have news. A feed whose position another key has made is read
/// first: it gets a new position, so that the other key can be withdrawn.
/// </summary>
internal sealed class ClockFollower(
    WorkDatabase database, Feeds feeds, AccountWork<Feed> work, PartitionLeases leases, TimeProvider time, ILogger<ClockFollower> logger)
    : BackgroundService
{
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(5);
    private CancellationTokenSource _again = new();

    /// <summary>Reads all clocks again: this process has gained accounts.</summary>
    public void ReadAll() => Interlocked.Exchange(ref _again, new CancellationTokenSource()).Cancel();

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enum.GetValues<Clock>().Select(clock => FollowAsync(clock, stoppingToken)));

    private async Task FollowAsync(Clock clock, CancellationToken stoppingToken)
    {
        var pause = TimeSpan.Zero;
        while (!stoppingToken.IsCancellationRequested)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, _again.Token);
            try
            {
                await RenewAsync(clock, stop.Token);
                await foreach (var clocks in feeds.ClocksAsync(clock, stop.Token))
                {
                    await WakeAsync(clock, clocks, stop.Token);
                    pause = TimeSpan.Zero;
                }
            }
            catch (Exception e) when (stop.IsCancellationRequested && e is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
            {
                continue;
            }
            catch (Exception e)
            {
                // A service or the database is down. All clocks come first when it is back, so nothing is lost.
                logger.ClocksAway(e is RpcException { StatusCode: StatusCode.Unavailable } ? null : e, clock, e.Message);
            }

            pause = TimeSpan.FromTicks(Math.Clamp(pause.Ticks * 2, s_shortestPause.Ticks, s_longestPause.Ticks));
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WakeAsync(Clock clock, IReadOnlyList<AccountClock> clocks, CancellationToken ct)
    {
        const string sql = """
            SELECT account_id, account.name, cursor.feed
            FROM unnest(@accountIds, @positions) AS clock (account_id, position)
            JOIN workflows.cursor USING (account_id)
            JOIN workflows.account USING (account_id)
            WHERE cursor.feed = ANY(@feeds) AND cursor.seen < clock.position
            """;
        var held = clocks.Where(moved => leases.Holds(moved.AccountId)).ToList();
        if (held.Count == 0)
        {
            return;
        }

        var values = new
        {
            accountIds = held.Select(moved => moved.AccountId).ToArray(),
            positions = held.Select(moved => moved.Position).ToArray(),
            feeds = FeedsOf(clock).Select(feed => (short)feed).ToArray(),
        };
        await WakeAsync(sql, values, ct);
    }

    // Keys change only while this process is not running, so once is enough. An account in which nothing ever happened has no clock.
    private Task RenewAsync(Clock clock, CancellationToken ct)
    {
        const string sql = """
            SELECT account_id, account.name, cursor.feed
            FROM workflows.cursor
            JOIN workflows.account USING (account_id)
            WHERE cursor.feed = ANY(@feeds) AND NOT starts_with(cursor.position, @Mark)
            """;
        return WakeAsync(sql, new { feeds = FeedsOf(clock).Select(feed => (short)feed).ToArray(), feeds.Mark }, ct);
    }

    private async Task WakeAsync(string sql, object values, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        var news = await connection.QueryAsync<(int AccountId, string Name, short Feed)>(new CommandDefinition(sql, values, cancellationToken: ct));
        foreach (var (accountId, name, feed) in news.Where(feed => leases.Holds(feed.AccountId)))
        {
            work.Wake(accountId, name, (Feed)feed);
        }
    }

    private static Feed[] FeedsOf(Clock clock) => clock is Clock.Activities ? [Feed.Activities] : [Feed.Tags, Feed.Contacts];
}
