using Grpc.Core;
using TagSegments.Workflows.Scheduling;

namespace TagSegments.Workflows.Enrolment;

/// <summary>Follows one feed of one account from its cursor on, for as long as this process holds the account.</summary>
internal sealed class FeedFollower(
    Feeds feeds, FeedEnroller enroller, SegmentFollower segments, DueWatch due, TimeProvider time, ILogger<FeedFollower> logger)
{
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(10);

    public async Task RunAsync(AccountInfo account, Feed feed, CancellationToken ct)
    {
        var pause = TimeSpan.Zero;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(account, feed, () => pause = TimeSpan.Zero, ct);
            }
            catch (Exception e) when (ct.IsCancellationRequested && e is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
            {
                return;
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable)
            {
                logger.FeedAway(feed, account.Name, e.Status.Detail);
            }
            catch (Exception e)
            {
                // A service or the database is down, or an event cannot be handled: the cursor has not moved, so nothing is lost.
                logger.FeedBroke(e, feed, account.Name);
            }

            pause = TimeSpan.FromTicks(Math.Clamp(pause.Ticks * 2, TimeSpan.FromMilliseconds(100).Ticks, s_longestPause.Ticks));
            await Task.Delay(pause, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FollowAsync(AccountInfo account, Feed feed, Action onProgress, CancellationToken ct)
    {
        var position = await enroller.PositionAsync(account.Id, feed, ct);
        await foreach (var batch in feeds.ReadAsync(feed, account.Name, position, ct))
        {
            if (batch.Position == position)
            {
                continue;
            }

            var touched = await enroller.HandleAsync(account.Id, account.Name, feed, batch, position, ct);
            if (touched is null)
            {
                // Another process reads this feed as well; continue from its position.
                logger.CursorMovedElsewhere(feed, account.Name);
                return;
            }

            position = batch.Position;
            onProgress();
            if (batch.Events.Count > 0)
            {
                segments.Touch(account.Id);
            }

            if (touched > 0)
            {
                due.Wake(account.Id);
            }
        }
    }
}
