using Crm.Activity.V1;
using Crm.Common.V1;
using Dapper;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Npgsql;
using TagSegments.Campaigns.Schema;

namespace TagSegments.Campaigns.Activities;

/// <summary>Reads recorded activity.</summary>
internal sealed class ActivityStore(AccountDatabase database)
{
    /// <summary>Lists a contact's activities after the given one, newest first.</summary>
    public async Task<List<Activity>> ListAsync(
        int accountId, int contactId, short[] kinds, (DateTime At, long ActivityId)? after, int limit, CancellationToken ct)
    {
        const string sql =
            """
            SELECT activity_id, contact_id, at, kind, channel, pos, campaign_id, detail, bounce, properties, machine, NULL::timestamptz AS committed_at, false AS skip_workflows
            FROM campaigns.activity
            WHERE account_id = @accountId AND contact_id = @contactId
              AND (cardinality(@kinds) = 0 OR kind = ANY(@kinds))
              AND (@at::timestamptz IS NULL OR (at, activity_id) < (@at::timestamptz, @activityId))
            ORDER BY at DESC, activity_id DESC
            LIMIT @limit
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var parameters = new { accountId, contactId, kinds, at = after?.At, activityId = after?.ActivityId ?? 0, limit };
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(sql, parameters, cancellationToken: ct));
        return [.. rows.Select(ToActivity)];
    }

    /// <summary>Lists the activity of a contact in a campaign, newest first, also as another contact that it was merged into.</summary>
    public async Task<List<Activity>> OfCampaignAsync(
        int accountId, Guid campaignId, int contactId, int mergedInto, int limit, CancellationToken ct)
    {
        const string sql =
            $"""
            SELECT activity_id, contact_id, at, kind, channel, pos, campaign_id, detail, bounce, properties, machine, NULL::timestamptz AS committed_at, false AS skip_workflows
            FROM campaigns.activity
            WHERE account_id = @accountId AND contact_id IN (@contactId, @mergedInto) AND campaign_id = @campaignId
              AND {ActivityKinds.Recipient} = @contactId
            ORDER BY at DESC, activity_id DESC
            LIMIT @limit
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var parameters = new { accountId, campaignId, contactId, mergedInto, limit };
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(sql, parameters, cancellationToken: ct));
        return [.. rows.Select(ToActivity)];
    }

    /// <summary>Reads the feed after a place in it, in order.</summary>
    public async Task<List<(FeedPlace Place, Activity Activity)>> FeedAsync(
        int accountId, FeedPlace after, short[] kinds, int limit, CancellationToken ct)
    {
        const string sql =
            """
            SELECT activity_id, contact_id, at, kind, channel, pos, campaign_id, detail, bounce, properties, machine, committed_at, skip_workflows
            FROM campaigns.activity
            JOIN campaigns.activity_commit USING (account_id, pos)
            WHERE account_id = @accountId
              AND (cardinality(@kinds) = 0 OR kind = ANY(@kinds))
              AND (pos, activity_id) > (@Pos, @ActivityId)
            ORDER BY pos, activity_id
            LIMIT @limit
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var parameters = new { accountId, kinds, after.Pos, after.ActivityId, limit };
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(sql, parameters, cancellationToken: ct));
        return [.. rows.Select(row => (new FeedPlace(row.Pos, row.ActivityId), ToActivity(row)))];
    }

    /// <summary>Throws OUT_OF_RANGE if events after a position have been deleted; the beginning is that of what is kept.</summary>
    public async Task RequireAsync(int accountId, long after, CancellationToken ct)
    {
        const string sql = "SELECT events_from FROM campaigns.activity_clock WHERE account_id = @accountId AND events_floor > @after";
        await using var connection = await database.OpenAsync(accountId, ct);
        if (await connection.QuerySingleOrDefaultAsync<DateTime?>(new CommandDefinition(sql, new { accountId, after }, cancellationToken: ct)) is { } begin)
        {
            throw RpcErrors.HistoryMissing("Custom events after this position have been deleted", begin);
        }
    }

    /// <summary>Reads the position of the account's clock.</summary>
    public async Task<Recorded> ClockAsync(int accountId, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(accountId, ct);
        return await ActivityClock.ReadAsync(connection, accountId, ct);
    }

    private static Activity ToActivity(Row row)
    {
        var custom = row.Kind == (short)Activity.Types.Kind.Custom;
        return new Activity
        {
            ActivityId = row.ActivityId,
            ContactId = row.ContactId,
            Kind = (Activity.Types.Kind)row.Kind,
            Channel = (Channel)row.Channel,
            Time = Timestamp.FromDateTime(row.At),
            CampaignId = row.CampaignId?.ToString() ?? "",
            Detail = custom ? "" : row.Detail ?? "",
            EventName = custom ? row.Detail ?? "" : "",
            Bounce = (Activity.Types.Bounce)(row.Bounce ?? 0),
            Properties = row.Properties is null ? null : JsonParser.Default.Parse<Struct>(row.Properties),
            Machine = row.Machine,
            RecordTime = row.CommittedAt is { } at ? Timestamp.FromDateTime(at) : null,
            SkipWorkflows = row.SkipWorkflows,
        };
    }

    private sealed record Row(
        long ActivityId, int ContactId, DateTime At, short Kind, short Channel, long Pos, Guid? CampaignId, string? Detail, short? Bounce, string? Properties,
        bool Machine, DateTime? CommittedAt, bool SkipWorkflows);
}

/// <summary>A place in the feed: the commit, and the activity within it. An activity id of <see cref="long.MaxValue"/> is after the commit.</summary>
internal readonly record struct FeedPlace(long Pos, long ActivityId);
