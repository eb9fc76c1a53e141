using Crm.Activity.V1;
using Crm.Common.V1;
using Dapper;
using Npgsql;
using TagSegments.Campaigns.Activities;
using TagSegments.Campaigns.Suppressions;

namespace TagSegments.Campaigns.Tracking;

/// <summary>
/// Unsubscribes the address that a message went to: suppression, the ledger's waiting messages, the activity, and a note for the contact service,
/// all in one transaction. It works on the address, so it holds for every contact that has it, also after the contact is deleted.
/// </summary>
internal sealed class Unsubscriber(NpgsqlDataSource database)
{
    private const string Source = "unsubscribe link";

    /// <summary>Unsubscribes; false if there was no such message. Repeating it changes nothing.</summary>
    public Task<bool> UnsubscribeAsync(TrackingTarget target, CancellationToken ct) =>
        TransactionRetry.RunAsync(() => UnsubscribeOnceAsync(target, ct), ct);

    private async Task<bool> UnsubscribeOnceAsync(TrackingTarget target, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        if (await FindAsync(tx, target, ct) is not { } message)
        {
            return false;
        }

        var suppression = new Suppression
        {
            Channel = target.Channel,
            Address = message.Address,
            Reason = Suppression.Types.Reason.Unsubscribed,
            Source = Source,
        };
        var (changed, _) = await SuppressionStore.AddAsync(tx, target.AccountId, suppression, ct);
        await AddConsentTaskAsync(tx, target, message.AccountName, ct);
        var activity = new ActivityEvent(target.ContactId, Activity.Types.Kind.Unsubscribed, target.Channel, message.Now)
        {
            CampaignId = message.CampaignId,
            DedupeKey = $"unsubscribed {target.CampaignId:N} {target.ContactId}",
        };
        await ActivityRecorder.RecordAsync(tx, target.AccountId, [activity], ct, suppressions: changed);
        await tx.CommitAsync(ct);
        return true;
    }

    private static Task<Message?> FindAsync(NpgsqlTransaction tx, TrackingTarget target, CancellationToken ct)
    {
        const string sql =
            """
            SELECT r.address, COALESCE(c.account_name, m.account_name) AS account_name,
                CASE WHEN r.single THEN m.campaign_id ELSE r.campaign_id END AS campaign_id, now() AS now
            FROM campaigns.recipient r
            LEFT JOIN campaigns.campaign c ON c.account_id = r.account_id AND c.campaign_id = r.campaign_id
            LEFT JOIN campaigns.single_message m ON m.account_id = r.account_id AND m.message_id = r.campaign_id
            WHERE r.account_id = @AccountId AND r.campaign_id = @CampaignId AND r.contact_id = @ContactId
            """;
        var parameters = new { target.AccountId, target.CampaignId, target.ContactId };
        return tx.Connection!.QuerySingleOrDefaultAsync<Message>(new CommandDefinition(sql, parameters, tx, cancellationToken: ct));
    }

    private static Task AddConsentTaskAsync(NpgsqlTransaction tx, TrackingTarget target, string accountName, CancellationToken ct)
    {
        const string sql =
            """
            INSERT INTO campaigns.consent_task (account_id, contact_id, channel, account_name, source, at)
            VALUES (@AccountId, @ContactId, @channel, @accountName, @Source, now())
            ON CONFLICT DO NOTHING
            """;
        var parameters = new { target.AccountId, target.ContactId, channel = (short)target.Channel, accountName, Source };
        return tx.Connection!.ExecuteAsync(new CommandDefinition(sql, parameters, tx, cancellationToken: ct));
    }

    private sealed record Message(string Address, string AccountName, Guid? CampaignId, DateTime Now);
}
