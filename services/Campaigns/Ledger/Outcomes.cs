using Dapper;
using Npgsql;

namespace TagSegments.Campaigns.Ledger;

/// <summary>Writes what became of messages.</summary>
internal static class Outcomes
{
    /// <summary>
    /// Stores outcomes and returns what was changed. One that was left out had not departed. An answer that comes after the message was
    /// called unknown, because its sender was thought to be dead, settles it.
    /// </summary>
    public static async Task<List<Stored>> StoreAsync(NpgsqlTransaction tx, IReadOnlyList<Outcome> outcomes, CancellationToken ct)
    {
        if (outcomes.Count == 0)
        {
            return [];
        }

        var parameters = Departures.Parameters([.. outcomes.Select(o => o.Claim)]);
        parameters.Add("states", outcomes.Select(o => (short)o.State).ToArray());
        parameters.Add("reasons", outcomes.Select(o => (short)o.Reason).ToArray());
        parameters.Add("details", outcomes.Select(o => o.Detail).ToArray());
        parameters.Add("delays", outcomes.Select(o => o.RetryAfter.TotalSeconds).ToArray());
        return (await tx.Connection!.QueryAsync<Stored>(new CommandDefinition(
            """
            WITH stored AS (
                UPDATE campaigns.recipient r
                SET state = o.state, reason = o.reason, detail = o.detail, updated_at = now(),
                    attempts = r.attempts - CASE WHEN o.state = 1 THEN 1 ELSE 0 END,
                    due_at = CASE WHEN o.state = 6 THEN now() + make_interval(secs => o.delay) END,
                    accepted_at = CASE WHEN o.state = 4 THEN now() END,
                    checked_at = CASE WHEN o.state = 7 THEN now() ELSE r.checked_at END,
                    checked_consent = CASE WHEN o.state = 7 THEN o.consent ELSE r.checked_consent END
                FROM unnest(@accounts, @campaigns, @contacts, @batches, @fences, @consents, @states, @reasons, @details, @delays)
                    AS o (account_id, campaign_id, contact_id, batch_id, fence, consent, state, reason, detail, delay)
                WHERE r.account_id = o.account_id AND r.campaign_id = o.campaign_id AND r.contact_id = o.contact_id
                  AND CASE
                    WHEN o.state = 7 THEN r.state IN (1, 6)
                    WHEN r.fence <> o.fence THEN false
                    ELSE r.state = 3 OR (r.state = 8 AND o.state IN (4, 5))
                  END
                RETURNING r.account_id, r.campaign_id, r.contact_id, r.channel, r.state, r.single
            ), tasks AS (
                INSERT INTO campaigns.tag_task (account_id, campaign_id, contact_id)
                SELECT s.account_id, s.campaign_id, s.contact_id
                FROM stored s
                JOIN campaigns.campaign c USING (account_id, campaign_id)
                WHERE s.state = 4 AND cardinality(c.recipient_tag_ids) > 0
                ON CONFLICT DO NOTHING
            )
            SELECT s.account_id, CASE WHEN s.single THEN m.campaign_id ELSE s.campaign_id END AS counts_for, s.contact_id, s.channel, s.state,
                now() AS at
            FROM stored s
            LEFT JOIN campaigns.single_message m ON s.single AND m.account_id = s.account_id AND m.message_id = s.campaign_id
            """,
            parameters,
            tx,
            cancellationToken: ct))).AsList();
    }
}

/// <summary>An outcome that was stored; <paramref name="CountsFor"/> is the campaign as whose message it counts.</summary>
internal sealed record Stored(int AccountId, Guid? CountsFor, int ContactId, short Channel, short State, DateTime At);
