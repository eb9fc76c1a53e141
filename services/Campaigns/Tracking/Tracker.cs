using System.Threading.Channels;
using Crm.Activity.V1;
using Grpc.Core;
using Npgsql;
using TagSegments.Campaigns.Activities;

namespace TagSegments.Campaigns.Tracking;

/// <summary>
/// Records opens and clicks without making people wait for the database: one of each link per minute, within the limits of the account. While
/// the database cannot be reached, links work all the same, and opens and clicks are kept in memory.
/// </summary>
internal sealed class Tracker(
    ActivityRecorder recorder, LinkCounts counts, SentMessages messages, TrackingLimits limits, TimeProvider time, ILogger<Tracker> logger)
{
    private const int MaxWaiting = 10_000;
    private static readonly TimeSpan s_retryPause = TimeSpan.FromSeconds(1);

    private readonly RecentLinks _recent = new();
    private int _waiting;

    /// <summary>Records an event of a message soon; a request for the head alone does not count.</summary>
    public void Track(TrackingTarget target, Activity.Types.Kind kind, HttpRequest request)
    {
        if (!HttpMethods.IsGet(request.Method))
        {
            return;
        }

        var activity = new ActivityEvent(target.ContactId, kind, target.Channel, time.GetUtcNow().UtcDateTime)
        {
            Detail = target.Url.Length > 0 ? target.Url[..Math.Min(target.Url.Length, 2_000)] : null,
            Machine = Machines.Sent(request),
        }.OfLink(target.CampaignId, target.Url);
        if (!_recent.TryTake(activity.Link!, activity.At, LinkCounts.Window))
        {
            CampaignMetrics.Tracked(TrackingOutcome.Repeated);
            return;
        }

        var place = limits.Enter(target.AccountId);
        if (!place.IsAcquired || Volatile.Read(ref _waiting) >= MaxWaiting)
        {
            place.Dispose();
            Drop(activity);
            return;
        }

        Interlocked.Increment(ref _waiting);
        _ = RecordAsync(target, activity, place);
    }

    private async Task RecordAsync(TrackingTarget target, ActivityEvent activity, IDisposable place)
    {
        try
        {
            while (!await TryRecordAsync(target, activity))
            {
                await Task.Delay(s_retryPause);
            }
        }
        catch (Exception e)
        {
            // Nobody waits for this task, so its errors must be logged here.
            logger.BackgroundWorkFailed(e, nameof(Tracker));
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
            place.Dispose();
        }
    }

    private async Task<bool> TryRecordAsync(TrackingTarget target, ActivityEvent activity)
    {
        try
        {
            var message = await messages.FindAsync(target, CancellationToken.None);
            if (message.IsErased || limits.IsErased(target.AccountId))
            {
                return true;
            }

            if (!await limits.MayRecordAsync(target.AccountId, message.AccountName))
            {
                Drop(activity);
                return true;
            }

            ActivityEvent[] events = [activity.Of(message.ContactId) with { CampaignId = message.CampaignId }];
            var recorded = await recorder.RecordAsync(target.AccountId, events, CancellationToken.None);
            if (recorded.Count == 0)
            {
                // Another process counted one of this link before.
                _recent.Set(activity.Link!, await counts.FreeAgainAsync(target.AccountId, activity.Link!, activity.At, CancellationToken.None));
            }

            CampaignMetrics.Tracked(recorded.Count > 0 ? TrackingOutcome.Recorded : TrackingOutcome.Repeated);
            return true;
        }
        catch (Exception e) when (IsAway(e))
        {
            return false;
        }
        catch (Exception e) when (e is ChannelClosedException or ObjectDisposedException)
        {
            // The service stops.
            logger.ActivityDropped(activity.Kind);
            return true;
        }
    }

    // The database, or the service that knows who a contact is now.
    private static bool IsAway(Exception e) => e switch
    {
        NpgsqlException failure => DatabaseErrors.MayPass(failure),
        RpcException { StatusCode: StatusCode.Unavailable or StatusCode.DeadlineExceeded } => true,
        _ => false,
    };

    // The next event of the link may count.
    private void Drop(ActivityEvent activity)
    {
        _recent.Set(activity.Link!, activity.At);
        CampaignMetrics.Tracked(TrackingOutcome.OverLimit);
    }
}
