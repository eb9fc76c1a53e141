using Crm.Campaigns.V1;
using Dapper;
using Google.Protobuf;
using Npgsql;
using TagSegments.Campaigns.Audiences;
using TagSegments.Campaigns.Definitions;
using TagSegments.Campaigns.Reports;
using TagSegments.Campaigns.Suppressions;
using TagSegments.ServiceDefaults;
using Reason = Crm.Campaigns.V1.Recipient.Types.Reason;

namespace TagSegments.Campaigns.Messages;

/// <summary>Single messages in the ledger.</summary>
internal sealed class MessageStore(NpgsqlDataSource database)
{
    /// <summary>Adds a message: pending, or skipped with the reason that the draft has, or because its address is suppressed.</summary>
    public static async Task<Recipient> AddAsync(
        NpgsqlTransaction tx, AccountInfo account, Guid messageId, SendMessageRequest request, RecipientDraft draft, CancellationToken ct)
    {
        var suppressed = await SuppressionStore.FindAsync(tx.Connection!, account.Id, request.Channel, [draft.AddressKey], ct);
        if (draft.Reason == Reason.Unspecified && suppressed.Count > 0)
        {
            draft.Reason = Reason.Suppressed;
        }

        await tx.Connection!.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO campaigns.single_message (account_id, message_id, account_name, message, campaign_id, cause)
            VALUES (@Id, @messageId, @Name, @message::jsonb, @campaignId, @cause::jsonb)
            """,
            new
            {
                account.Id,
                messageId,
                account.Name,
                message = CampaignStore.ToJson(request.Message),
                campaignId = request.CampaignId.Length > 0 ? CampaignStore.ParseId(request.CampaignId) : (Guid?)null,
                cause = request.Cause is null ? null : CampaignStore.ToJson(request.Cause),
            },
            tx,
            cancellationToken: ct));
        var row = await tx.Connection!.QuerySingleAsync<RecipientRow>(new CommandDefinition(
            $"""
            INSERT INTO campaigns.recipient (account_id, campaign_id, contact_id, channel, single, address, address_key, state, reason, consent)
            VALUES (@Id, @messageId, @ContactId, @channel, true, @Address, @AddressKey, @state, @reason, @consent)
            RETURNING {CampaignResults.RecipientColumns}
            """,
            new
            {
                account.Id,
                messageId,
                draft.ContactId,
                channel = (short)request.Channel,
                draft.Address,
                AddressKey = draft.Reason == Reason.Unspecified ? draft.AddressKey : null,
                state = (short)(draft.Reason == Reason.Unspecified ? Recipient.Types.State.Pending : Recipient.Types.State.Skipped),
                reason = (short)draft.Reason,
                consent = (short)draft.Consent,
            },
            tx,
            cancellationToken: ct));
        if (draft.Reason == Reason.Unspecified)
        {
            await tx.Connection!.ExecuteAsync(new CommandDefinition(
                """
                INSERT INTO campaigns.batch (account_id, campaign_id, batch_id, first_contact, last_contact, single)
                VALUES (@Id, @messageId, 1, @ContactId, @ContactId, true)
                """,
                new { account.Id, messageId, draft.ContactId },
                tx,
                cancellationToken: ct));
        }

        return row.ToRecipient();
    }

    /// <summary>Gets the entry of a single message; null if there is none.</summary>
    public async Task<Recipient?> FindAsync(int accountId, string messageId, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var row = await connection.QuerySingleOrDefaultAsync<RecipientRow>(new CommandDefinition(
            $"""
            SELECT {CampaignResults.RecipientColumns}
            FROM campaigns.recipient
            WHERE account_id = @accountId AND campaign_id = @messageId AND single
            """,
            new { accountId, messageId = CampaignStore.ParseId(messageId) },
            cancellationToken: ct));
        return row?.ToRecipient();
    }
}
