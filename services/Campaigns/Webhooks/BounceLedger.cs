using Crm.Activity.V1;
using Crm.Common.V1;
using Dapper;
using Npgsql;
using TagSegments.Campaigns.Suppressions;
using Bounce = Crm.Activity.V1.Activity.Types.Bounce;

namespace TagSegments.Campaigns.Webhooks;

/// <summary>Keeps in the ledger which messages bounced, and finds addresses that have bounced softly too often.</summary>
internal static class BounceLedger
{
    /// <summary>Notes bounces with their reasons. A message that bounced in several ways has the hardest of them, and the time of the first.</summary>
    public static Task NoteAsync(NpgsqlTransaction tx, int accountId, IEnumerable<Report> reports, DateTime now, CancellationToken ct)
    {
        const string sql =
            """
            UPDATE campaigns.recipient r
            SET bounce = b.bounce, bounced_at = COALESCE(r.bounced_at, b.at),
                detail = CASE WHEN r.address = '' THEN r.detail ELSE COALESCE(b.detail, r.detail) END
            FROM unnest(@campaigns, @contacts, @bounces, @times, @details) AS b (campaign_id, contact_id, bounce, at, detail)
            WHERE r.account_id = @accountId AND r.campaign_id = b.campaign_id AND r.contact_id = b.contact_id
              AND (r.bounced_at IS NULL OR r.bounce = 0 OR (b.bounce > 0 AND b.bounce < r.bounce))
            """;
        var hardest = reports
            .Where(report => report.Event.Type == EventType.Bounced)
            .GroupBy(report => (report.Target.CampaignId, report.Target.ContactId))
            .Select(message => message.OrderBy(report => report.Event.Bounce == Bounce.Unspecified).ThenBy(report => report.Event.Bounce).First())
            .OrderBy(report => report.Target.ContactId)
            .ToList();
        var parameters = new
        {
            accountId,
            campaigns = hardest.Select(report => report.Target.CampaignId).ToArray(),
            contacts = hardest.Select(report => report.Target.ContactId).ToArray(),
            bounces = hardest.Select(report => (short)report.Event.Bounce).ToArray(),
            times = hardest.Select(report => report.Event.At is { } at && at < now ? at : now).ToArray(),
            details = hardest.Select(report => report.Event.KeptDetail).ToArray(),
        };
        return hardest.Count == 0
            ? Task.CompletedTask
            : tx.Connection!.ExecuteAsync(new CommandDefinition(sql, parameters, tx, cancellationToken: ct));
    }

    /// <summary>
    /// Whether so many messages to an address have bounced softly within a time that it is as good as gone. Those from before its owner's newest
    /// consent do not count.
    /// </summary>
    public static Task<bool> IsSpentAsync(NpgsqlTransaction tx, int accountId, string address, WebhookOptions options, CancellationToken ct)
    {
        const string sql =
            """
            SELECT count(*) >= @SoftBounces
            FROM campaigns.recipient
            WHERE account_id = @accountId AND channel = @channel AND address_key = @key AND bounce = @soft
              AND bounced_at > now() - @SoftBounceWindow
              AND bounced_at > COALESCE((
                SELECT max(removed_at) FROM campaigns.suppression_removal
                WHERE account_id = @accountId AND channel = @channel AND address_key = @key), '-infinity')
            """;
        var parameters = new
        {
            accountId,
            channel = (short)Channel.Email,
            key = Address.Key(Channel.Email, address),
            soft = (short)Bounce.Soft,
            options.SoftBounces,
            options.SoftBounceWindow,
        };
        return tx.Connection!.ExecuteScalarAsync<bool>(new CommandDefinition(sql, parameters, tx, cancellationToken: ct));
    }
}
