using Dapper;
using Npgsql;
using TagSegments.Campaigns.Schema;

namespace TagSegments.Campaigns.Ledger;

/// <summary>
/// Changes of a whole campaign's recipients. Otherwise <see cref="BatchStore"/> says who may send what, and <see cref="LedgerWriter"/> stores
/// departures and outcomes.
/// </summary>
internal static class CampaignLedger
{
    /// <summary>
    /// Makes recipients whose outcome is unknown wait again, the named ones or all, and returns them. An existing batch with them in its range sends
    /// them; others get a new one, so that no recipient is ever in two. Recipients of a batch that is being sent are left alone. The fence is
    /// higher than that of every earlier attempt: a late answer to one of them changes nothing.
    /// </summary>
    public static Task<List<int>> ResendAsync(NpgsqlTransaction tx, int accountId, Guid campaignId, int[]? contactIds, CancellationToken ct) =>
        ResendAsync(tx, accountId, campaignId, contactIds, null, default, ct);

    /// <summary>
    /// Makes recipients wait again whose outcome was called unknown by somebody else, and whose sender knows that nothing of their message was taken:
    /// it was cut off, or its journal was, until its leases had ended. A campaign that had ended goes on. What was called unknown longer ago than
    /// <paramref name="lateLimit"/> stays so, until somebody decides.
    /// </summary>
    public static async Task GiveBackAsync(NpgsqlTransaction tx, IEnumerable<BatchRecipient> notTaken, TimeSpan lateLimit, CancellationToken ct)
    {
        // A single message has no campaign.
        const string lockSql =
            $"""
            SELECT coalesce((
                SELECT state IN ({CampaignStates.Sending}, {CampaignStates.Paused}, {CampaignStates.Sent})
                FROM campaigns.campaign
                WHERE account_id = @AccountId AND campaign_id = @CampaignId
                FOR UPDATE), true)
            """;
        const string goOnSql =
            $"""
            UPDATE campaigns.campaign
            SET state = {CampaignStates.Sending}, version = version + 1, ended_at = NULL, updated_at = now()
            WHERE account_id = @AccountId AND campaign_id = @CampaignId AND state = {CampaignStates.Sent}
            """;
        foreach (var campaign in notTaken.GroupBy(recipient => new { recipient.AccountId, recipient.CampaignId }))
        {
            if (await tx.Connection!.ExecuteScalarAsync<bool>(new CommandDefinition(lockSql, campaign.Key, tx, cancellationToken: ct)))
            {
                int[] contacts = [.. campaign.Select(recipient => recipient.ContactId)];
                long[] fences = [.. campaign.Select(recipient => recipient.Fence)];
                var waiting = await ResendAsync(tx, campaign.Key.AccountId, campaign.Key.CampaignId, contacts, fences, lateLimit, ct);
                if (waiting.Count > 0)
                {
                    await tx.Connection!.ExecuteAsync(new CommandDefinition(goOnSql, campaign.Key, tx, cancellationToken: ct));
                }
            }
        }
    }

    private static async Task<List<int>> ResendAsync(
        NpgsqlTransaction tx, int accountId, Guid campaignId, int[]? contactIds, long[]? fences, TimeSpan lateLimit, CancellationToken ct)
    {
        const string lockSql = "SELECT FROM campaigns.batch WHERE account_id = @accountId AND campaign_id = @campaignId ORDER BY batch_id FOR UPDATE";
        const string sql =
            $"""
            WITH again AS (
                UPDATE campaigns.recipient r
                SET state = {RecipientStates.Pending}, reason = {RecipientReasons.Unspecified}, detail = '', due_at = NULL, fence = fence + 1,
                    updated_at = now()
                WHERE account_id = @accountId AND campaign_id = @campaignId AND state = {RecipientStates.Unknown}
                  AND (@contactIds::int[] IS NULL OR contact_id = ANY(@contactIds))
                  AND (@fences::bigint[] IS NULL OR (
                    (contact_id, fence) IN (SELECT * FROM unnest(@contactIds::int[], @fences::bigint[]))
                    AND updated_at > now() - make_interval(secs => @late)))
                  AND NOT EXISTS (SELECT FROM campaigns.batch b WHERE {BatchStore.Members} AND b.lease_until IS NOT NULL)
                RETURNING account_id, campaign_id, contact_id, variant, fence, single
            ), present AS (
                UPDATE campaigns.batch b
                SET due_at = LEAST(due_at, now()), fence = fence + 1
                WHERE b.account_id = @accountId AND b.campaign_id = @campaignId AND EXISTS (SELECT FROM again r WHERE {BatchStore.Members})
            ), added AS (
                INSERT INTO campaigns.batch (account_id, campaign_id, batch_id, first_contact, last_contact, fence, single)
                SELECT r.account_id, r.campaign_id, (
                    SELECT COALESCE(max(batch_id), 0) FROM campaigns.batch WHERE account_id = @accountId AND campaign_id = @campaignId)
                        + row_number() OVER (), r.contact_id, r.contact_id, r.fence, r.single
                FROM again r
                WHERE NOT EXISTS (
                    SELECT FROM campaigns.batch b WHERE b.account_id = @accountId AND b.campaign_id = @campaignId AND {BatchStore.Members})
            )
            SELECT contact_id FROM again
            """;
        await tx.Connection!.ExecuteAsync(new CommandDefinition(lockSql, new { accountId, campaignId }, tx, cancellationToken: ct));
        var parameters = new { accountId, campaignId, contactIds, fences, late = lateLimit.TotalSeconds };
        return (await tx.Connection!.QueryAsync<int>(new CommandDefinition(sql, parameters, tx, cancellationToken: ct))).AsList();
    }

    /// <summary>Skips the messages of a cancelled campaign that have not departed. A batch that a sender holds ends when it is done.</summary>
    public static Task CancelAsync(NpgsqlTransaction tx, int accountId, Guid campaignId, CancellationToken ct)
    {
        const string sql =
            $"""
            UPDATE campaigns.recipient
            SET state = {RecipientStates.Skipped}, reason = {RecipientReasons.Cancelled}, updated_at = now()
            WHERE account_id = @accountId AND campaign_id = @campaignId AND state IN {RecipientStates.Waiting};
            DELETE FROM campaigns.batch WHERE account_id = @accountId AND campaign_id = @campaignId AND lease_until IS NULL
            """;
        return tx.Connection!.ExecuteAsync(
            new CommandDefinition(sql, new { accountId, campaignId }, tx, commandTimeout: 0, cancellationToken: ct));
    }
}
