using Crm.Campaigns.V1;
using Dapper;
using Npgsql;
using TagSegments.Campaigns.Audiences;
using TagSegments.Campaigns.Messages;
using TagSegments.Campaigns.Schema;
using Channel = Crm.Common.V1.Channel;
using ConsentState = Crm.Contacts.V1.Consent.Types.State;
using Reason = Crm.Campaigns.V1.Recipient.Types.Reason;

namespace TagSegments.Campaigns.Team;

/// <summary>Adds messages to the team to the ledger, in the same way as all others, and counts the ones that have a limit.</summary>
internal static class TeamMessages
{
    /// <summary>Adds a message to an address, rendered for a contact if there is one.</summary>
    public static Task<Recipient> AddAsync(
        NpgsqlTransaction tx, AccountInfo account, NewMessage message, string address, int contactId, CancellationToken ct)
    {
        var draft = new RecipientDraft(contactId, address.Trim(), Address.Key(message.Channel, address), ConsentState.Unspecified, Reason.Unspecified);
        return MessageStore.AddAsync(tx, account, message, draft, ct);
    }

    /// <summary>
    /// Throws RESOURCE_EXHAUSTED unless the account may send some more test messages. Mails that ask for a confirmation count, or strangers could be
    /// asked without end.
    /// </summary>
    public static async Task RequireRoomAsync(NpgsqlTransaction tx, AccountInfo account, int messages, CancellationToken ct)
    {
        // Two that are sent at the same time count each other.
        const string lockSql = "SELECT pg_advisory_xact_lock(hashtext('campaigns.single_message'), @Id)";
        const string sql =
            $"""
            SELECT count(*), min(created_at)
            FROM campaigns.single_message
            WHERE account_id = @Id AND kind <> {MessageKinds.ToContact} AND kind IN {MessageKinds.Counted}
              AND created_at > now() - interval '1 day'
            """;
        await tx.Connection!.ExecuteAsync(new CommandDefinition(lockSql, new { account.Id }, tx, cancellationToken: ct));
        var (sent, first) = await tx.Connection!.QuerySingleAsync<(long, DateTime?)>(
            new CommandDefinition(sql, new { account.Id }, tx, cancellationToken: ct));
        var most = account.Limits.TestMessagesPerDay;
        if (sent + messages > most)
        {
            var again = first is { } at ? at.AddDays(1) - DateTime.UtcNow : TimeSpan.FromDays(1);
            throw RpcErrors.QuotaExceeded(
                "test_messages_per_day",
                most,
                $"The account has sent {sent} test messages and confirmation mails within a day.",
                again > TimeSpan.Zero ? again : TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>Checks whether an address was asked for a confirmation within a day, also if it was removed since.</summary>
    public static Task<bool> WasAskedAsync(NpgsqlTransaction tx, int accountId, Channel channel, string address, CancellationToken ct)
    {
        const string sql =
            $"""
            SELECT EXISTS (
                SELECT
                FROM campaigns.recipient r
                JOIN campaigns.single_message m ON m.account_id = r.account_id AND m.message_id = r.campaign_id
                WHERE r.account_id = @accountId AND r.channel = @channel AND r.address_key = @key
                  AND m.kind = {MessageKinds.Confirmation} AND m.created_at > now() - interval '1 day')
            """;
        var parameters = new { accountId, channel = (short)channel, key = Address.Key(channel, address) };
        return tx.Connection!.ExecuteScalarAsync<bool>(new CommandDefinition(sql, parameters, tx, cancellationToken: ct));
    }
}
