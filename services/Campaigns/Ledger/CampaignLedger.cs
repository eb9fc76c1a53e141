using Dapper;
using Npgsql;

namespace TagSegments.Campaigns.Ledger;

/// <summary>
/// The ledger of recipients: pending, sending, then an end state; deferred goes round again. Batches say who may send what; the writer stores
/// departures and outcomes. This is what concerns a campaign as a whole.
/// </summary>
internal sealed class CampaignLedger(NpgsqlDataSource database)
{
    /// <summary>Ends sending campaigns whose messages have all come to their end.</summary>
    public async Task<int> FinishAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE campaigns.campaign c
            SET state = 6, version = version + 1, ended_at = now(), updated_at = now()
            WHERE state = 4
              AND NOT EXISTS (SELECT FROM campaigns.batch b WHERE b.account_id = c.account_id AND b.campaign_id = c.campaign_id)
            """,
            cancellationToken: ct));
    }

    /// <summary>
    /// Lets recipients wait again whose outcome is unknown, those named or everyone, and returns them. A batch that is there already and has
    /// them in its range sends them; others get one of their own, so that no recipient is ever in two. Whose batch is just being sent is left
    /// alone. The fence is behind that of every earlier attempt: a late answer to one of them changes nothing any more.
    /// </summary>
    public static async Task<List<int>> ResendAsync(NpgsqlTransaction tx, int accountId, Guid campaignId, int[]? contactIds, CancellationToken ct)
    {
        await tx.Connection!.ExecuteAsync(new CommandDefinition(
            "SELECT FROM campaigns.batch WHERE account_id = @accountId AND campaign_id = @campaignId ORDER BY batch_id FOR UPDATE",
            new { accountId, campaignId },
            tx,
            cancellationToken: ct));
        return (await tx.Connection!.QueryAsync<int>(new CommandDefinition(
            $"""
            WITH again AS (
                UPDATE campaigns.recipient r
                SET state = 1, reason = 0, detail = '', due_at = NULL, fence = fence + 1, updated_at = now()
                WHERE account_id = @accountId AND campaign_id = @campaignId AND state = 8
                  AND (@contactIds::int[] IS NULL OR contact_id = ANY(@contactIds))
                  AND NOT EXISTS (SELECT FROM campaigns.batch b WHERE {Batches.Members} AND b.lease_until IS NOT NULL)
                RETURNING account_id, campaign_id, contact_id, variant, fence
            ), present AS (
                UPDATE campaigns.batch b
                SET due_at = LEAST(due_at, now()), fence = fence + 1
                WHERE b.account_id = @accountId AND b.campaign_id = @campaignId AND EXISTS (SELECT FROM again r WHERE {Batches.Members})
            ), added AS (
                INSERT INTO campaigns.batch (account_id, campaign_id, batch_id, first_contact, last_contact, fence)
                SELECT r.account_id, r.campaign_id, (
                    SELECT COALESCE(max(batch_id), 0) FROM campaigns.batch WHERE account_id = @accountId AND campaign_id = @campaignId)
                        + row_number() OVER (), r.contact_id, r.contact_id, r.fence
                FROM again r
                WHERE NOT EXISTS (
                    SELECT FROM campaigns.batch b WHERE b.account_id = @accountId AND b.campaign_id = @campaignId AND {Batches.Members})
            )
            SELECT contact_id FROM again
            """,
            new { accountId, campaignId, contactIds },
            tx,
            cancellationToken: ct))).AsList();
    }

    /// <summary>Skips what has not left yet of a cancelled campaign. Batches that somebody holds end when he is through with them.</summary>
    public static Task CancelAsync(NpgsqlTransaction tx, int accountId, Guid campaignId, CancellationToken ct) =>
        tx.Connection!.ExecuteAsync(new CommandDefinition(
            """
            UPDATE campaigns.recipient
            SET state = 7, reason = 10, updated_at = now()
            WHERE account_id = @accountId AND campaign_id = @campaignId AND state IN (1, 6);
            DELETE FROM campaigns.batch WHERE account_id = @accountId AND campaign_id = @campaignId AND lease_until IS NULL
            """,
            new { accountId, campaignId },
            tx,
            commandTimeout: 0,
            cancellationToken: ct));
}
