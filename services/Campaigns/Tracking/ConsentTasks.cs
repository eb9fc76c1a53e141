using Dapper;
using Npgsql;

namespace TagSegments.Campaigns.Tracking;

/// <summary>The refusals of people that the contact service is still to be told; see <see cref="ConsentReporter"/>.</summary>
internal static class ConsentTasks
{
    /// <summary>
    /// Notes that the recipient of a message has refused, in a transaction with everything else that follows from it.
    /// </summary>
    /// <param name="tx">The transaction.</param>
    /// <param name="target">The message.</param>
    /// <param name="accountName">The name of the account.</param>
    /// <param name="source">Where the refusal comes from.</param>
    /// <param name="unrecorded">The campaign of the activity, if it is still to be recorded, too; otherwise null.</param>
    /// <param name="ct">Ends the work.</param>
    public static Task AddAsync(
        NpgsqlTransaction tx, TrackingTarget target, string accountName, string source, UnrecordedUnsubscribe? unrecorded, CancellationToken ct)
    {
        const string sql =
            """
            INSERT INTO campaigns.consent_task (account_id, contact_id, channel, message_id, campaign_id, account_name, source, at)
            VALUES (@AccountId, @ContactId, @channel, @messageId, @CampaignId, @accountName, @source, now())
            ON CONFLICT DO NOTHING
            """;
        var parameters = new
        {
            target.AccountId,
            target.ContactId,
            channel = (short)target.Channel,
            messageId = unrecorded is null ? Guid.Empty : target.CampaignId,
            unrecorded?.CampaignId,
            accountName,
            source,
        };
        return tx.Connection!.ExecuteAsync(new CommandDefinition(sql, parameters, tx, cancellationToken: ct));
    }
}

/// <summary>An unsubscribe whose activity is not recorded yet, and the campaign that it counts for.</summary>
internal sealed record UnrecordedUnsubscribe(Guid? CampaignId);
