using Crm.Campaigns.V1;
using Dapper;
using Npgsql;
using TagSegments.Campaigns.Audiences;
using TagSegments.Campaigns.Definitions;
using TagSegments.Campaigns.Reports;
using TagSegments.Campaigns.Schema;
using TagSegments.Campaigns.Suppressions;
using Channel = Crm.Common.V1.Channel;
using Reason = Crm.Campaigns.V1.Recipient.Types.Reason;

namespace TagSegments.Campaigns.Messages;

/// <summary>Single messages in the ledger.</summary>
internal sealed class MessageStore(AccountDatabase database)
{
    /// <summary>Adds a message: pending, or skipped with the reason that the draft has, or because its address is suppressed.</summary>
    public static async Task<Recipient> AddAsync(
        NpgsqlTransaction tx, AccountInfo account, NewMessage message, RecipientDraft draft, CancellationToken ct)
    {
        var suppressed = await SuppressionStore.FindAsync(tx.Connection!, account.Id, message.Channel, [draft.AddressKey], ct);
        if (draft.Reason == Reason.Unspecified && suppressed.Count > 0)
        {
            draft.Reason = Reason.Suppressed;
        }

        await AddMessageAsync(tx, account, message, ct);
        var row = await AddRecipientAsync(tx, account.Id, message.MessageId, message.Channel, draft, ct);
        if (draft.Reason == Reason.Unspecified)
        {
            await AddBatchAsync(tx, account.Id, message.MessageId, draft.ContactId, ct);
        }

        return row.ToRecipient();
    }

    /// <summary>Gets the entry of a single message; null if there is none.</summary>
    public async Task<Recipient?> FindAsync(int accountId, string messageId, CancellationToken ct)
    {
        const string sql =
            $"""
            SELECT {RecipientRow.Columns}
            FROM campaigns.recipient
            WHERE account_id = @accountId AND campaign_id = @messageId AND single
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var row = await connection.QuerySingleOrDefaultAsync<RecipientRow>(
            new CommandDefinition(sql, new { accountId, messageId = CampaignStore.ParseId(messageId) }, cancellationToken: ct));
        return row?.ToRecipient();
    }

    private static Task AddMessageAsync(NpgsqlTransaction tx, AccountInfo account, NewMessage message, CancellationToken ct)
    {
        const string sql =
            """
            INSERT INTO campaigns.single_message (account_id, message_id, account_name, message, campaign_id, cause, kind, campaign_name)
            VALUES (@Id, @MessageId, @Name, @text::jsonb, @CampaignId, @cause::jsonb, @kind, @CampaignName)
            """;
        var parameters = new
        {
            account.Id,
            message.MessageId,
            account.Name,
            text = CampaignStore.ToJson(message.Message),
            message.CampaignId,
            cause = message.Cause is null ? null : CampaignStore.ToJson(message.Cause),
            kind = (short)message.Kind,
            message.CampaignName,
        };
        return tx.Connection!.ExecuteAsync(new CommandDefinition(sql, parameters, tx, cancellationToken: ct));
    }

    private static Task<RecipientRow> AddRecipientAsync(
        NpgsqlTransaction tx, int accountId, Guid messageId, Channel channel, RecipientDraft draft, CancellationToken ct)
    {
        const string sql =
            $"""
            INSERT INTO campaigns.recipient (account_id, campaign_id, contact_id, channel, single, address, address_key, state, reason, consent)
            SELECT @accountId, @messageId, @ContactId, @channel, true, CASE WHEN erased THEN '' ELSE @Address END,
                CASE WHEN NOT erased THEN @AddressKey END, CASE WHEN erased THEN {RecipientStates.Skipped} ELSE @state END,
                CASE WHEN erased THEN {RecipientReasons.Deleted} ELSE @reason END, @consent
            FROM (SELECT EXISTS (
                SELECT FROM campaigns.erased_contact WHERE account_id = @accountId AND contact_id = @ContactId) AS erased) AS e
            RETURNING {RecipientRow.Columns}
            """;
        var gets = draft.Reason == Reason.Unspecified;
        var parameters = new
        {
            accountId,
            messageId,
            draft.ContactId,
            channel = (short)channel,
            draft.Address,
            AddressKey = gets ? draft.AddressKey : null,
            state = (short)(gets ? Recipient.Types.State.Pending : Recipient.Types.State.Skipped),
            reason = (short)draft.Reason,
            consent = (short)draft.Consent,
        };
        return tx.Connection!.QuerySingleAsync<RecipientRow>(new CommandDefinition(sql, parameters, tx, cancellationToken: ct));
    }

    private static Task AddBatchAsync(NpgsqlTransaction tx, int accountId, Guid messageId, int contactId, CancellationToken ct)
    {
        const string sql =
            """
            INSERT INTO campaigns.batch (account_id, campaign_id, batch_id, first_contact, last_contact, single)
            VALUES (@accountId, @messageId, 1, @contactId, @contactId, true)
            """;
        return tx.Connection!.ExecuteAsync(new CommandDefinition(sql, new { accountId, messageId, contactId }, tx, cancellationToken: ct));
    }
}
