using Dapper;
using Npgsql;
using TagSegments.Campaigns.Schema;
using TagSegments.Campaigns.Suppressions;

namespace TagSegments.Campaigns.Ledger;

/// <summary>Writes that messages depart.</summary>
internal static class LedgerDepartures
{
    /// <summary>
    /// Marks messages as departing, and returns the recipients that were granted. Their batch must still be held and their campaign be sending: both
    /// rows are locked, so that nothing departs once a pause is acknowledged or another sender has the batch. A request that is repeated, because
    /// its answer got lost, is granted again. If it cannot be granted any more, the messages wait again: nothing of them was begun.
    /// <para>
    /// With the check of the suppression list alone, a message could slip past an unsubscribe that commits at the same moment. Therefore an
    /// unsubscribe also changes the rows of its address, and waits for this transaction if need be.
    /// </para>
    /// </summary>
    public static async Task<HashSet<(int AccountId, Guid CampaignId, int ContactId)>> DepartAsync(
        NpgsqlTransaction tx, IReadOnlyList<BatchRecipient> recipients, CancellationToken ct)
    {
        const string sql =
            $"""
            WITH c AS MATERIALIZED (
                SELECT *
                FROM unnest(@accounts, @campaigns, @contacts, @batches, @fences, @consents)
                    AS c (account_id, campaign_id, contact_id, batch_id, fence, consent)
            ), sending AS MATERIALIZED (
                SELECT account_id, campaign_id
                FROM campaigns.campaign
                WHERE (account_id, campaign_id) IN (SELECT DISTINCT account_id, campaign_id FROM c) AND state = {CampaignStates.Sending}
                FOR SHARE
            ), held AS MATERIALIZED (
                SELECT account_id, campaign_id, batch_id, fence
                FROM campaigns.batch
                WHERE (account_id, campaign_id, batch_id, fence) IN (SELECT DISTINCT account_id, campaign_id, batch_id, fence FROM c)
                  AND lease_until > now() AND (single OR (account_id, campaign_id) IN (SELECT account_id, campaign_id FROM sending))
                FOR SHARE
            )
            UPDATE campaigns.recipient r
            SET (state, reason, attempts, fence, due_at, updated_at, checked_at, checked_consent) = (
                SELECT CASE WHEN suppressed THEN {RecipientStates.Skipped} ELSE {RecipientStates.Sending} END,
                    CASE WHEN suppressed THEN {RecipientReasons.Suppressed} ELSE {RecipientReasons.Unspecified} END,
                    r.attempts + CASE WHEN suppressed OR r.state = {RecipientStates.Sending} THEN 0 ELSE 1 END,
                    held.fence, NULL::timestamptz, now(), now(), c.consent
                FROM (SELECT {SuppressionKey.Holds} AS suppressed
                    -- Or the list is read again for each use of the answer.
                    OFFSET 0) list)
            FROM c
            JOIN held USING (account_id, campaign_id, batch_id)
            WHERE r.account_id = c.account_id AND r.campaign_id = c.campaign_id AND r.contact_id = c.contact_id
              AND (r.state IN {RecipientStates.Waiting} OR (r.state = {RecipientStates.Sending} AND r.fence = held.fence))
            RETURNING r.account_id, r.campaign_id, r.contact_id, r.state = {RecipientStates.Sending}
            """;
        if (recipients.Count == 0)
        {
            return [];
        }

        var rows = await tx.Connection!.QueryAsync<(int, Guid, int, bool)>(
            new CommandDefinition(sql, Parameters(recipients), tx, cancellationToken: ct));
        HashSet<(int AccountId, Guid CampaignId, int ContactId)> departed = [.. rows.Where(row => row.Item4).Select(row => (row.Item1, row.Item2, row.Item3))];
        await TakeBackAsync(tx, [.. recipients.Where(r => !departed.Contains((r.AccountId, r.CampaignId, r.ContactId)))], ct);
        return departed;
    }

    // The first of two requests may have been granted, and its answer lost: the lease ended or the campaign was paused before the second one. A fence
    // is taken once, so what is marked with it was marked by this request.
    private static Task TakeBackAsync(NpgsqlTransaction tx, IReadOnlyList<BatchRecipient> refused, CancellationToken ct)
    {
        const string sql =
            $"""
            UPDATE campaigns.recipient r
            SET state = {RecipientStates.Pending}, attempts = r.attempts - 1, updated_at = now()
            FROM unnest(@accounts, @campaigns, @contacts, @fences) AS c (account_id, campaign_id, contact_id, fence)
            WHERE r.account_id = c.account_id AND r.campaign_id = c.campaign_id AND r.contact_id = c.contact_id
              AND r.state = {RecipientStates.Sending} AND r.fence = c.fence
            """;
        return refused.Count == 0
            ? Task.CompletedTask
            : tx.Connection!.ExecuteAsync(new CommandDefinition(sql, Parameters(refused), tx, cancellationToken: ct));
    }

    /// <summary>The keys, fences and consents of recipients as columns.</summary>
    public static DynamicParameters Parameters(IReadOnlyList<BatchRecipient> recipients)
    {
        var parameters = new DynamicParameters();
        parameters.Add("accounts", recipients.Select(r => r.AccountId).ToArray());
        parameters.Add("campaigns", recipients.Select(r => r.CampaignId).ToArray());
        parameters.Add("contacts", recipients.Select(r => r.ContactId).ToArray());
        parameters.Add("batches", recipients.Select(r => r.BatchId).ToArray());
        parameters.Add("fences", recipients.Select(r => r.Fence).ToArray());
        parameters.Add("consents", recipients.Select(r => (short)r.Consent).ToArray());
        return parameters;
    }
}
