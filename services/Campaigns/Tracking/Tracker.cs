using Crm.Activity.V1;
using Dapper;
using Npgsql;
using TagSegments.Campaigns.Activities;

namespace TagSegments.Campaigns.Tracking;

/// <summary>Records opens and clicks without making people wait for the database.</summary>
internal sealed class Tracker(ActivityRecorder recorder, NpgsqlDataSource database, TimeProvider time, ILogger<Tracker> logger)
{
    // Programs that fetch images and links before, or instead of, a person.
    private static readonly string[] s_machines =
    [
        "bot", "spider", "crawl", "preview", "scanner", "proofpoint", "mimecast", "barracuda", "safelinks", "curl/", "wget/", "python-",
        "headless", "okhttp", "go-http-client",
    ];

    /// <summary>Records what happened to a message; asking for the head only is no such thing.</summary>
    public async Task TrackAsync(TrackingTarget target, Activity.Types.Kind kind, HttpRequest request)
    {
        if (!HttpMethods.IsGet(request.Method))
        {
            return;
        }

        var activity = new ActivityEvent(target.ContactId, kind, target.Channel, time.GetUtcNow().UtcDateTime)
        {
            Detail = target.Url.Length > 0 ? target.Url[..Math.Min(target.Url.Length, 2_000)] : null,
            Machine = IsMachine(request),
        };
        try
        {
            activity = activity with { CampaignId = await CampaignAsync(target, request.HttpContext.RequestAborted) };
            recorder.TryRecord(target.AccountId, activity);
        }
        catch (NpgsqlException e)
        {
            // The link must work all the same.
            logger.BackgroundWorkFailed(e, nameof(Tracker));
        }
    }

    // A single message counts as one of the campaign that it was sent for, if any.
    private async Task<Guid?> CampaignAsync(TrackingTarget target, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<Guid?>(new CommandDefinition(
            """
            SELECT CASE WHEN r.single THEN m.campaign_id ELSE r.campaign_id END
            FROM campaigns.recipient r
            LEFT JOIN campaigns.single_message m ON r.single AND m.account_id = r.account_id AND m.message_id = r.campaign_id
            WHERE r.account_id = @AccountId AND r.campaign_id = @CampaignId AND r.contact_id = @ContactId
            """,
            new { target.AccountId, target.CampaignId, target.ContactId },
            cancellationToken: ct));
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
