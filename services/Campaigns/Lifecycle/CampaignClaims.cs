using Dapper;
using TagSegments.Campaigns.Audiences;
using TagSegments.Campaigns.Delivery;
using TagSegments.Campaigns.Schema;

namespace TagSegments.Campaigns.Lifecycle;

/// <summary>The campaigns that are due, in the database: they are claimed across accounts, and then belong to one.</summary>
internal sealed class CampaignClaims(AccountDatabase database, WorkDatabase work, DeliveryOptions options)
{
    /// <summary>Takes a campaign that is due, of the account that has had the least; null if there is none. Of several replicas, one gets it.</summary>
    public async Task<PreparingCampaign?> ClaimAsync(ClaimOrder order, CancellationToken ct)
    {
        const string sql =
            $"""
            WITH due AS MATERIALIZED (
                SELECT account_id, campaign_id
                FROM campaigns.campaign c
                LEFT JOIN unnest(@AccountIds, @Ahead) AS share (account_id, ahead) USING (account_id)
                WHERE ((state = {CampaignStates.Scheduled} AND run_at BETWEEN now() - make_interval(secs => @late) AND now())
                    OR (state = {CampaignStates.Preparing} AND lease_until < now()))
                  AND account_id <> ALL (@Full)
                ORDER BY coalesce(ahead, 0), run_at
                LIMIT 1
                FOR UPDATE OF c SKIP LOCKED
            )
            UPDATE campaigns.campaign c
            SET state = {CampaignStates.Preparing}, version = version + 1, fence = fence + 1,
                lease_until = now() + make_interval(secs => @lease), updated_at = now()
            FROM due
            WHERE c.account_id = due.account_id AND c.campaign_id = due.campaign_id
            RETURNING c.account_id, c.campaign_id, c.account_name, c.channel, c.audience, c.message, c.recipient_tag_ids, c.fence, c.ab_test
            """;
        await using var connection = await work.OpenAsync(ct);
        var parameters = new
        {
            lease = options.PrepareLease.TotalSeconds,
            late = options.LateLimit.TotalSeconds,
            order.Full,
            order.AccountIds,
            order.Ahead,
        };
        return await connection.QuerySingleOrDefaultAsync<PreparingCampaign>(new CommandDefinition(sql, parameters, cancellationToken: ct));
    }

    /// <summary>Pauses campaigns whose time was missed: after a long outage it is unclear whether they are still wanted.</summary>
    public async Task HoldMissedAsync(CancellationToken ct)
    {
        const string sql =
            $"""
            UPDATE campaigns.campaign
            SET state = {CampaignStates.Paused}, version = version + 1, updated_at = now(),
                problem = 'Its time was missed because no sender was running. Resume it to send it now, or cancel it.'
            WHERE state = {CampaignStates.Scheduled} AND run_at < now() - make_interval(secs => @late)
            """;
        await using var connection = await work.OpenAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition(sql, new { late = options.LateLimit.TotalSeconds }, cancellationToken: ct));
    }

    /// <summary>Prolongs the lease of a claimed campaign; false if it is lost.</summary>
    public async Task<bool> RenewAsync(PreparingCampaign claimed, CancellationToken ct)
    {
        const string sql =
            $"""
            UPDATE campaigns.campaign
            SET lease_until = now() + make_interval(secs => @lease)
            WHERE account_id = @AccountId AND campaign_id = @CampaignId AND fence = @Fence AND state = {CampaignStates.Preparing}
            """;
        await using var connection = await database.OpenAsync(claimed.AccountId, ct);
        var parameters = new { claimed.AccountId, claimed.CampaignId, claimed.Fence, lease = options.PrepareLease.TotalSeconds };
        return await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: ct)) > 0;
    }

    /// <summary>Ends a claimed campaign that cannot be prepared; false if the lease was lost.</summary>
    public async Task<bool> FailAsync(PreparingCampaign claimed, string problem, CancellationToken ct)
    {
        const string sql =
            $"""
            UPDATE campaigns.campaign
            SET state = {CampaignStates.Failed}, problem = @problem, version = version + 1, ended_at = now(), updated_at = now(), lease_until = NULL
            WHERE account_id = @AccountId AND campaign_id = @CampaignId AND fence = @Fence AND state = {CampaignStates.Preparing}
            """;
        await using var connection = await database.OpenAsync(claimed.AccountId, ct);
        var parameters = new { claimed.AccountId, claimed.CampaignId, claimed.Fence, problem };
        return await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: ct)) > 0;
    }
}
