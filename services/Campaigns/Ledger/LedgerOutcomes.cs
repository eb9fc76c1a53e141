using Dapper;
using Npgsql;
using TagSegments.Campaigns.Schema;

namespace TagSegments.Campaigns.Ledger;

/// <summary>Writes the outcomes of messages.</summary>
internal static class LedgerOutcomes
{
    /// <summary>
    /// Stores outcomes and returns the changed ones. A message that was left out had not departed, or was not handed over because its transport cannot
    /// take it. An answer that arrives after the message was called unknown, because its sender was thought to be dead, settles it.
    /// </summary>
    public static async Task<List<StoredOutcome>> StoreAsync(NpgsqlTransaction tx, IReadOnlyList<Outcome> outcomes, CancellationToken ct)
    {
        const string sql =
            $"""
            WITH stored AS (
                UPDATE campaigns.recipient r
                SET state = o.state, reason = o.reason, detail = o.detail, updated_at = now(),
                    attempts = r.attempts - CASE
                        WHEN o.state = {RecipientStates.Pending} OR (o.state = {RecipientStates.Skipped} AND r.state NOT IN {RecipientStates.Waiting}) THEN 1
                        ELSE 0 END,
                    due_at = CASE WHEN o.state = {RecipientStates.Deferred} THEN now() + make_interval(secs => o.delay) END,
                    accepted_at = CASE WHEN o.state = {RecipientStates.Accepted} THEN now() END,
                    checked_at = CASE WHEN o.state = {RecipientStates.Skipped} THEN now() ELSE r.checked_at END,
                    checked_consent = CASE WHEN o.state = {RecipientStates.Skipped} THEN o.consent ELSE r.checked_consent END
                FROM unnest(@accounts, @campaigns, @contacts, @batches, @fences, @consents, @states, @reasons, @details, @delays)
                    AS o (account_id, campaign_id, contact_id, batch_id, fence, consent, state, reason, detail, delay)
                WHERE r.account_id = o.account_id AND r.campaign_id = o.campaign_id AND r.contact_id = o.contact_id
                  AND CASE
                    WHEN o.state = {RecipientStates.Skipped} AND r.state IN {RecipientStates.Waiting} THEN true
                    WHEN r.fence <> o.fence THEN false
                    ELSE r.state = {RecipientStates.Sending}
                      OR (r.state = {RecipientStates.Unknown} AND o.state IN ({RecipientStates.Accepted}, {RecipientStates.Failed}, {RecipientStates.Skipped}))
                  END
                RETURNING r.account_id, r.campaign_id, r.contact_id, r.channel, r.state, r.single
            ), tasks AS (
                INSERT INTO campaigns.tag_task (account_id, campaign_id, contact_id)
                SELECT s.account_id, s.campaign_id, s.contact_id
                FROM stored s
                JOIN campaigns.campaign c USING (account_id, campaign_id)
                WHERE s.state = {RecipientStates.Accepted} AND cardinality(c.recipient_tag_ids) > 0
                ON CONFLICT DO NOTHING
            )
            SELECT s.account_id, CASE WHEN s.single THEN m.campaign_id ELSE s.campaign_id END AS counts_for, s.contact_id, s.channel, s.state,
                now() AS at, COALESCE(m.kind, {MessageKinds.ToContact}::smallint) AS kind
            FROM stored s
            LEFT JOIN campaigns.single_message m ON s.single AND m.account_id = s.account_id AND m.message_id = s.campaign_id
            """;
        if (outcomes.Count == 0)
        {
            return [];
        }

        var parameters = LedgerDepartures.Parameters([.. outcomes.Select(o => o.Recipient)]);
        parameters.Add("states", outcomes.Select(o => (short)o.State).ToArray());
        parameters.Add("reasons", outcomes.Select(o => (short)o.Reason).ToArray());
        parameters.Add("details", outcomes.Select(o => o.Detail).ToArray());
        parameters.Add("delays", outcomes.Select(o => o.RetryAfter.TotalSeconds).ToArray());
        return (await tx.Connection!.QueryAsync<StoredOutcome>(new CommandDefinition(sql, parameters, tx, cancellationToken: ct))).AsList();
    }
}

/// <summary>An outcome that was stored; <paramref name="CountsFor"/> is the campaign as whose message it counts.</summary>
internal sealed record StoredOutcome(int AccountId, Guid? CountsFor, int ContactId, short Channel, short State, DateTime At, short Kind)
{
    /// <summary>Whether the contact got the message, and not somebody of the team.</summary>
    public bool IsToContact => Kind == (short)MessageKind.ToContact;
}
