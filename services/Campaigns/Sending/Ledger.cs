using Dapper;
using Npgsql;

namespace TagSegments.Campaigns.Sending;

/// <summary>
/// The ledger of recipients: pending, sending, then an end state; deferred goes round again. Batches say who may send what; the writer stores
/// departures and outcomes. This is what concerns a campaign as a whole.
/// </summary>
internal sealed class Ledger(NpgsqlDataSource database)
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
