using System.Threading.Channels;
using Crm.Activity.V1;
using Dapper;
using Npgsql;
using TagSegments.Campaigns.Activities;

namespace TagSegments.Campaigns.Tracking;

/// <summary>
/// Records opens and clicks without making people wait for the database. While it cannot be reached, links work all the same, and opens and
/// clicks are kept in memory, up to a limit.
/// </summary>
internal sealed class Tracker(ActivityRecorder recorder, NpgsqlDataSource database, TimeProvider time, ILogger<Tracker> logger)
{
    private const int MaxWaiting = 10_000;
    private static readonly TimeSpan s_retryPause = TimeSpan.FromSeconds(1);

    // Programs that fetch images and links before, or instead of, a person.
    private static readonly string[] s_machines =
    [
        "bot", "spider", "crawl", "preview", "scanner", "proofpoint", "mimecast", "barracuda", "safelinks", "curl/", "wget/", "python-",
        "headless", "okhttp", "go-http-client",
    ];

    private int _waiting;

    /// <summary>Records an event of a message soon; a request for the head alone does not count.</summary>
    public void Track(TrackingTarget target, Activity.Types.Kind kind, HttpRequest request)
    {
        if (!HttpMethods.IsGet(request.Method))
        {
            return;
        }

        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            logger.ActivityDropped(kind);
            return;
        }

        var activity = new ActivityEvent(target.ContactId, kind, target.Channel, time.GetUtcNow().UtcDateTime)
        {
            Detail = target.Url.Length > 0 ? target.Url[..Math.Min(target.Url.Length, 2_000)] : null,
            Machine = IsMachine(request),
        };
        _ = RecordAsync(target, activity);
    }

    private async Task RecordAsync(TrackingTarget target, ActivityEvent activity)
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
        }
    }

    private async Task<bool> TryRecordAsync(TrackingTarget target, ActivityEvent activity)
    {
        try
        {
            var campaignId = await CampaignAsync(target);
            await recorder.RecordAsync(target.AccountId, [activity with { CampaignId = campaignId }], CancellationToken.None);
            return true;
        }
        catch (NpgsqlException e) when (e.IsTransient || e.InnerException is IOException or TimeoutException)
        {
            return false;
        }
        catch (ChannelClosedException)
        {
            // The service stops.
            logger.ActivityDropped(activity.Kind);
            return true;
        }
    }

    // A single message counts for the campaign that it was sent for, if any.
    private async Task<Guid?> CampaignAsync(TrackingTarget target)
    {
        const string sql =
            """
            SELECT CASE WHEN r.single THEN m.campaign_id ELSE r.campaign_id END
            FROM campaigns.recipient r
            LEFT JOIN campaigns.single_message m ON r.single AND m.account_id = r.account_id AND m.message_id = r.campaign_id
            WHERE r.account_id = @AccountId AND r.campaign_id = @CampaignId AND r.contact_id = @ContactId
            """;
        await using var connection = await database.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<Guid?>(
            new CommandDefinition(sql, new { target.AccountId, target.CampaignId, target.ContactId }));
    }

    private static bool IsMachine(HttpRequest request)
    {
        var agent = request.Headers.UserAgent.ToString();
        return agent.Length == 0
            || s_machines.Any(machine => agent.Contains(machine, StringComparison.OrdinalIgnoreCase))
            || request.Headers["Sec-Purpose"].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase)
            || request.Headers["X-Purpose"].ToString().Contains("preview", StringComparison.OrdinalIgnoreCase);
    }
}
