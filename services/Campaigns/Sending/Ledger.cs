using Dapper;
using Npgsql;

namespace TagSegments.Campaigns.Sending;

/// <summary>A message that a sender has taken. The fence proves that it still holds it.</summary>
internal sealed record Claim(
    int AccountId, Guid CampaignId, int ContactId, short Channel, string Address, long Fence, int Attempts, short Variant = 0);

/// <summary>
/// The ledger of recipients: pending, claimed, sending, then an end state; deferred goes round again. What a process leaves behind when it
/// dies is put right by the leases: what was only claimed has not been sent and is pending again, what was being handed over is unknown.
/// </summary>
internal sealed class Ledger(NpgsqlDataSource database, DeliveryOptions options)
{
    /// <summary>
    /// Takes messages of a sending campaign that are due, those with the latest due time of all, the rest of an A/B test, only if
    /// <paramref name="rest"/>. Replicas never take the same one.
    /// </summary>
    public async Task<List<Claim>> ClaimAsync(int accountId, Guid campaignId, int limit, bool rest, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<Claim>(new CommandDefinition(
            $"""
            -- Materialized: joined as a plain subquery it could run again for each row, and claim far more than the limit.
            WITH due AS MATERIALIZED (
                SELECT contact_id
                FROM campaigns.recipient
                WHERE account_id = @accountId AND campaign_id = @campaignId AND state IN (1, 6) AND {(rest ? "due_at = 'infinity'" : "due_at <= now()")}
                ORDER BY due_at
                LIMIT @limit
                FOR UPDATE SKIP LOCKED
            )
            UPDATE campaigns.recipient r
            SET state = 2, fence = fence + 1, lease_until = now() + make_interval(secs => @lease), updated_at = now()
            FROM due
            WHERE r.account_id = @accountId AND r.campaign_id = @campaignId AND r.contact_id = due.contact_id
              AND EXISTS (SELECT FROM campaigns.campaign WHERE account_id = @accountId AND campaign_id = @campaignId AND state = 4)
            RETURNING r.account_id, r.campaign_id, r.contact_id, r.channel, r.address, r.fence, r.attempts, r.variant
            """,
            new { accountId, campaignId, limit, lease = options.ClaimLease.TotalSeconds },
            cancellationToken: ct))).AsList();
    }

    /// <summary>Takes single messages that are due, of any account.</summary>
    public async Task<List<Claim>> ClaimSinglesAsync(int limit, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<Claim>(new CommandDefinition(
            """
            WITH due AS MATERIALIZED (
                SELECT account_id, campaign_id, contact_id
                FROM campaigns.recipient
                WHERE single AND state IN (1, 6) AND due_at <= now()
                ORDER BY due_at
                LIMIT @limit
                FOR UPDATE SKIP LOCKED
            )
            UPDATE campaigns.recipient r
            SET state = 2, fence = fence + 1, lease_until = now() + make_interval(secs => @lease), updated_at = now()
            FROM due
            WHERE r.account_id = due.account_id AND r.campaign_id = due.campaign_id AND r.contact_id = due.contact_id
            RETURNING r.account_id, r.campaign_id, r.contact_id, r.channel, r.address, r.fence, r.attempts, r.variant
            """,
            new { limit, lease = options.ClaimLease.TotalSeconds },
            cancellationToken: ct))).AsList();
    }

    /// <summary>Gives back messages that were claimed but will not be sent by this process now.</summary>
    public async Task ReleaseAsync(IReadOnlyList<Claim> claims, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE campaigns.recipient r
            SET state = 1, fence = r.fence + 1, lease_until = NULL, updated_at = now()
            FROM unnest(@accounts, @campaigns, @contacts, @fences) AS c (account_id, campaign_id, contact_id, fence)
            WHERE r.account_id = c.account_id AND r.campaign_id = c.campaign_id AND r.contact_id = c.contact_id AND r.fence = c.fence
              AND r.state = 2
            """,
            LedgerWriter.Keys(claims),
            cancellationToken: ct));
    }

    /// <summary>Puts right what processes that died, or lost their connection, have left behind.</summary>
    public async Task<int> RecoverAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE campaigns.recipient
            SET state = CASE state WHEN 2 THEN 1 ELSE 8 END,
                reason = CASE state WHEN 2 THEN 0 ELSE 14 END,
                detail = CASE state WHEN 2 THEN detail ELSE 'The sender stopped before the answer was stored.' END,
                fence = fence + 1, lease_until = NULL, updated_at = now()
            WHERE state IN (2, 3) AND lease_until < now()
            """,
            cancellationToken: ct));
    }

    /// <summary>Ends sending campaigns whose messages have all come to their end.</summary>
    public async Task<int> FinishAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE campaigns.campaign c
            SET state = 6, version = version + 1, ended_at = now(), updated_at = now()
            WHERE state = 4
              AND NOT EXISTS (SELECT FROM campaigns.recipient r
                              WHERE r.account_id = c.account_id AND r.campaign_id = c.campaign_id AND r.state IN (1, 6))
              AND NOT EXISTS (SELECT FROM campaigns.recipient r
                              WHERE r.account_id = c.account_id AND r.campaign_id = c.campaign_id AND r.state IN (2, 3))
            """,
            cancellationToken: ct));
    }

    /// <summary>Takes claimed messages of a campaign back, so that nothing leaves that is not being handed over already.</summary>
    public static Task ReleaseClaimsAsync(NpgsqlTransaction tx, int accountId, Guid campaignId, CancellationToken ct) =>
        tx.Connection!.ExecuteAsync(new CommandDefinition(
            """
            UPDATE campaigns.recipient
            SET state = 1, fence = fence + 1, lease_until = NULL, updated_at = now()
            WHERE account_id = @accountId AND campaign_id = @campaignId AND state = 2
            """,
            new { accountId, campaignId },
            tx,
            cancellationToken: ct));

    /// <summary>Skips what has not left yet of a cancelled campaign.</summary>
    public static Task CancelAsync(NpgsqlTransaction tx, int accountId, Guid campaignId, CancellationToken ct) =>
        tx.Connection!.ExecuteAsync(new CommandDefinition(
            """
            UPDATE campaigns.recipient
            SET state = 7, reason = 10, fence = fence + 1, lease_until = NULL, updated_at = now()
            WHERE account_id = @accountId AND campaign_id = @campaignId AND state IN (1, 2, 6)
            """,
            new { accountId, campaignId },
            tx,
            cancellationToken: ct));
}
