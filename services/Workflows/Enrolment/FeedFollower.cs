using TagSegments.Workflows.Scheduling;

namespace TagSegments.Workflows.Enrolment;

/// <summary>Handles what is new in a feed of an account, from its cursor to its present end.</summary>
internal sealed class FeedFollower(
    Feeds feeds, FeedEnroller enroller, DueWatch due, AccountWork<Feed> work, ILogger<FeedFollower> logger) : IHostedService, IDisposable
{
    // Accounts take turns: one with many events makes way for others after some batches.
    private const int MostAtOnce = 32;
    private const int MostBatches = 50;
    private readonly SemaphoreSlim _turns = new(MostAtOnce);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        work.Start(RunAsync);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _turns.Dispose();

    private async Task RunAsync(AccountInfo account, Feed feed, Wakeup wakeup, CancellationToken ct)
    {
        await _turns.WaitAsync(ct);
        try
        {
            if (!await FollowAsync(account, feed, ct))
            {
                wakeup.Set();
            }
        }
        finally
        {
            _turns.Release();
        }
    }

    // Whether it came to the end.
    private async Task<bool> FollowAsync(AccountInfo account, Feed feed, CancellationToken ct)
    {
        var (position, batches) = (await enroller.PositionAsync(account.Id, feed, ct), 0);
        await foreach (var batch in feeds.ReadAsync(feed, account.Name, position, ct))
        {
            if (await enroller.HandleAsync(account, feed, batch, position, ct) is not { } touched)
            {
                // Another process reads this feed as well; continue from its position.
                logger.CursorMovedElsewhere(feed, account.Name);
                return false;
            }

            position = batch.Position;
            if (touched > 0)
            {
                due.Wake(account);
            }

            if (batch.Events.Count == 0)
            {
                // Usually the end. A heartbeat before it means that there are no events at the moment either.
                return true;
            }

            if (++batches == MostBatches)
            {
                return false;
            }
        }

        // The stream has lasted as long as a stream may.
        return false;
    }
}
