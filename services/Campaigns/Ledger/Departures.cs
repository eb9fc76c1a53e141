using Dapper;
using Npgsql;

namespace TagSegments.Campaigns.Ledger;

/// <summary>Writes that messages leave.</summary>
internal static class Departures
{
    /// <summary>
    /// Takes leave for messages, and returns those that got it. Their batch must still be held and their campaign be sending: both rows are
    /// locked, so that nothing leaves once a pause is acknowledged or somebody else has the batch. Asking again for what has left already,
    /// because the answer got lost, is granted again.
    /// <para>
    /// The check of the suppression list alone would let a message slip past an unsubscribe that commits at the same moment; that is why an
    /// unsubscribe also changes the rows of its address, and waits for this transaction if need be.
    /// </para>
    /// </summary>
    public static async Task<HashSet<(int AccountId, Guid CampaignId, int ContactId)>> DepartAsync(
        NpgsqlTransaction tx, IReadOnlyList<Claim> claims, CancellationToken ct)
    {
        if (claims.Count == 0)
        {
            return [];
        }

        var rows = await tx.Connection!.QueryAsync<(int, Guid, int, bool)>(new CommandDefinition(
            """
            WITH c AS MATERIALIZED (
                SELECT *
                FROM unnest(@accounts, @campaigns, @contacts, @batches, @fences, @consents)
                    AS c (account_id, campaign_id, contact_id, batch_id, fence, consent)
            ), sending AS MATERIALIZED (
                SELECT account_id, campaign_id
                FROM campaigns.campaign
                WHERE (account_id, campaign_id) IN (SELECT DISTINCT account_id, campaign_id FROM c) AND state = 4
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
                SELECT CASE WHEN suppressed THEN 7 ELSE 3 END, CASE WHEN suppressed THEN 5 ELSE 0 END,
                    r.attempts + CASE WHEN suppressed OR r.state = 3 THEN 0 ELSE 1 END, held.fence, NULL::timestamptz, now(), now(), c.consent
                FROM (SELECT EXISTS (
                    SELECT FROM campaigns.suppression s
                    WHERE s.account_id = r.account_id AND s.channel = r.channel AND s.address_key = r.address_key) AS suppressed
                    -- Or the list is read again for each use of the answer.
                    OFFSET 0) list)
            FROM c
            JOIN held USING (account_id, campaign_id, batch_id)
            WHERE r.account_id = c.account_id AND r.campaign_id = c.campaign_id AND r.contact_id = c.contact_id
              AND (r.state IN (1, 6) OR (r.state = 3 AND r.fence = held.fence))
            RETURNING r.account_id, r.campaign_id, r.contact_id, r.state = 3
            """,
            Parameters(claims),
            tx,
            cancellationToken: ct));
        return [.. rows.Where(row => row.Item4).Select(row => (row.Item1, row.Item2, row.Item3))];
    }

    /// <summary>The keys, fences and consents of claims as columns.</summary>
    public static DynamicParameters Parameters(IReadOnlyList<Claim> claims)
    {
        var parameters = new DynamicParameters();
        parameters.Add("accounts", claims.Select(c => c.AccountId).ToArray());
        parameters.Add("campaigns", claims.Select(c => c.CampaignId).ToArray());
        parameters.Add("contacts", claims.Select(c => c.ContactId).ToArray());
        parameters.Add("batches", claims.Select(c => c.BatchId).ToArray());
        parameters.Add("fences", claims.Select(c => c.Fence).ToArray());
        parameters.Add("consents", claims.Select(c => (short)c.Consent).ToArray());
        return parameters;
    }
}
