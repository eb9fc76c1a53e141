using Crm.Campaigns.V1;
using Dapper;
using Google.Protobuf;
using Npgsql;
using TagSegments.Campaigns.Schema;
using TagSegments.Campaigns.Suppressions;

namespace TagSegments.Campaigns.Audiences;

/// <summary>Writes everything about a frozen audience except the rows of the ledger.</summary>
internal static class AudienceSnapshot
{
    /// <summary>Writes the batches. The rest of an A/B test is not due until the winner is known.</summary>
    public static Task CutAsync(
        NpgsqlTransaction tx, PreparingCampaign campaign, IReadOnlyList<(BatchPart Part, int First, int Last)> batches, CancellationToken ct)
    {
        const string sql =
            $"""
            INSERT INTO campaigns.batch (account_id, campaign_id, batch_id, first_contact, last_contact, part, due_at)
            SELECT @AccountId, @CampaignId, n, first_contact, last_contact, part, CASE part WHEN {BatchParts.Rest} THEN 'infinity' ELSE now() END
            FROM unnest(@parts, @firsts, @lasts) WITH ORDINALITY AS b (part, first_contact, last_contact, n)
            """;
        var parameters = new
        {
            campaign.AccountId,
            campaign.CampaignId,
            parts = batches.Select(batch => (short)batch.Part).ToArray(),
            firsts = batches.Select(batch => batch.First).ToArray(),
            lasts = batches.Select(batch => batch.Last).ToArray(),
        };
        return tx.Connection!.ExecuteAsync(new CommandDefinition(sql, parameters, tx, cancellationToken: ct));
    }

    /// <summary>
    /// Leaves out addresses on the suppression list. An address that gets on the list while this transaction is under way is found when its
    /// message is about to depart.
    /// </summary>
    public static Task SuppressAsync(NpgsqlTransaction tx, PreparingCampaign campaign, CancellationToken ct)
    {
        const string sql =
            $"""
            UPDATE campaigns.recipient r
            SET state = {RecipientStates.Skipped}, reason = {RecipientReasons.Suppressed}
            WHERE r.account_id = @AccountId AND r.channel = @Channel AND r.campaign_id = @CampaignId AND r.state = {RecipientStates.Pending}
              AND ({SuppressionKey.Holds})
            """;
        return tx.Connection!.ExecuteAsync(new CommandDefinition(sql, campaign, tx, commandTimeout: 0, cancellationToken: ct));
    }

    /// <summary>Leaves out contacts that were erased since the audience was read.</summary>
    public static Task ForgetAsync(NpgsqlTransaction tx, PreparingCampaign campaign, CancellationToken ct)
    {
        const string sql =
            $"""
            UPDATE campaigns.recipient r
            SET state = {RecipientStates.Skipped}, reason = {RecipientReasons.Deleted}, address = '', address_key = NULL
            FROM campaigns.erased_contact e
            WHERE e.account_id = @AccountId AND r.account_id = @AccountId AND r.campaign_id = @CampaignId AND r.contact_id = e.contact_id
            """;
        return tx.Connection!.ExecuteAsync(new CommandDefinition(sql, campaign, tx, commandTimeout: 0, cancellationToken: ct));
    }

    /// <summary>Leaves out addresses whose owners declined.</summary>
    public static Task LeaveOutAsync(NpgsqlTransaction tx, PreparingCampaign campaign, string[] keys, CancellationToken ct)
    {
        const string sql =
            $"""
            UPDATE campaigns.recipient
            SET state = {RecipientStates.Skipped}, reason = {RecipientReasons.AddressOptedOut}
            WHERE account_id = @AccountId AND channel = @Channel AND address_key = ANY(@keys) AND campaign_id = @CampaignId
              AND state = {RecipientStates.Pending}
            """;
        if (keys.Length == 0)
        {
            return Task.CompletedTask;
        }

        var parameters = new { campaign.AccountId, campaign.Channel, campaign.CampaignId, keys };
        return tx.Connection!.ExecuteAsync(new CommandDefinition(sql, parameters, tx, commandTimeout: 0, cancellationToken: ct));
    }

    /// <summary>Starts the campaign; false if it was stopped or another process took over meanwhile.</summary>
    public static async Task<bool> StartAsync(
        NpgsqlTransaction tx, PreparingCampaign campaign, EvaluatedAudience evaluated, Audience written, CancellationToken ct)
    {
        const string sql =
            $"""
            UPDATE campaigns.campaign
            SET state = CASE WHEN @empty THEN {CampaignStates.Sent} ELSE {CampaignStates.Sending} END, version = version + 1, lease_until = NULL,
                updated_at = now(), evaluated_at = @at, segment_versions = @versions::jsonb, evaluated_audience = @audience::jsonb,
                ended_at = CASE WHEN @empty THEN now() END,
                problem = CASE WHEN @empty THEN 'The audience was empty: nothing was sent.' ELSE '' END
            WHERE account_id = @AccountId AND campaign_id = @CampaignId AND fence = @Fence AND state = {CampaignStates.Preparing}
            """;
        var parameters = new
        {
            campaign.AccountId,
            campaign.CampaignId,
            campaign.Fence,
            empty = evaluated.ContactIds.Count == 0,
            at = evaluated.At,
            audience = JsonFormatter.Default.Format(written),
            versions = $"[{string.Join(',', evaluated.Versions.Select(version => JsonFormatter.Default.Format(version)))}]",
        };
        return await tx.Connection!.ExecuteAsync(new CommandDefinition(sql, parameters, tx, cancellationToken: ct)) > 0;
    }
}
