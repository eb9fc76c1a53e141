using Crm.Campaigns.V1;
using Dapper;
using Google.Protobuf;
using Npgsql;
using NpgsqlTypes;
using TagSegments.Campaigns.AbTests;
using TagSegments.ServiceDefaults;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Campaigns.Sending;

/// <summary>Writes a frozen audience.</summary>
internal static class AudienceSnapshot
{
    /// <summary>Freezes the audience and starts the campaign; false if somebody stopped it or another process took over meanwhile.</summary>
    public static async Task<bool> FreezeAsync(
        NpgsqlTransaction tx, PreparingCampaign campaign, Evaluation evaluation, List<RecipientDraft> drafts, CancellationToken ct)
    {
        if (await StartAsync(tx, campaign, evaluation, drafts.Count == 0, ct) is not { } now)
        {
            return false;
        }

        await CopyAsync(tx, campaign, drafts, now, ct);
        await SuppressAsync(tx, campaign, ct);
        return true;
    }

    private static Task<DateTime?> StartAsync(
        NpgsqlTransaction tx, PreparingCampaign campaign, Evaluation evaluation, bool empty, CancellationToken ct) =>
        tx.Connection!.QuerySingleOrDefaultAsync<DateTime?>(new CommandDefinition(
            """
            UPDATE campaigns.campaign
            SET state = CASE WHEN @empty THEN 6 ELSE 4 END, version = version + 1, lease_until = NULL, updated_at = now(),
                evaluated_at = @at, segment_versions = @versions::jsonb, ended_at = CASE WHEN @empty THEN now() END,
                problem = CASE WHEN @empty THEN 'The audience was empty: nothing was sent.' ELSE '' END
            WHERE account_id = @AccountId AND campaign_id = @CampaignId AND fence = @Fence AND state = 3
            RETURNING now()
            """,
            new
            {
                campaign.AccountId,
                campaign.CampaignId,
                campaign.Fence,
                empty,
                at = evaluation.At,
                versions = $"[{string.Join(',', evaluation.Versions.Select(version => JsonFormatter.Default.Format(version)))}]",
            },
            tx,
            cancellationToken: ct));

    private static async Task CopyAsync(
        NpgsqlTransaction tx, PreparingCampaign campaign, List<RecipientDraft> drafts, DateTime now, CancellationToken ct)
    {
        await using var writer = await tx.Connection!.BeginBinaryImportAsync(
            """
            COPY campaigns.recipient
                (account_id, campaign_id, contact_id, channel, address, address_key, state, reason, tagged, consent, variant, due_at)
            FROM STDIN (FORMAT BINARY)
            """,
            ct);
        var test = campaign.AbTest is null ? null : JsonParser.Default.Parse<AbTest>(campaign.AbTest);
        foreach (var draft in drafts)
        {
            var variant = Variants.Of(test, campaign.CampaignId, draft.ContactId);
            await writer.StartRowAsync(ct);
            await writer.WriteAsync(campaign.AccountId, NpgsqlDbType.Integer, ct);
            await writer.WriteAsync(campaign.CampaignId, NpgsqlDbType.Uuid, ct);
            await writer.WriteAsync(draft.ContactId, NpgsqlDbType.Integer, ct);
            await writer.WriteAsync(campaign.Channel, NpgsqlDbType.Smallint, ct);
            await writer.WriteAsync(draft.Address, NpgsqlDbType.Text, ct);
            await writer.WriteAsync(draft.AddressKey, NpgsqlDbType.Text, ct);
            await writer.WriteAsync((short)(draft.Reason == 0 ? State.Pending : State.Skipped), NpgsqlDbType.Smallint, ct);
            await writer.WriteAsync((short)draft.Reason, NpgsqlDbType.Smallint, ct);
            await writer.WriteAsync(campaign.RecipientTagIds.Length == 0, NpgsqlDbType.Boolean, ct);
            await writer.WriteAsync((short)draft.Consent, NpgsqlDbType.Smallint, ct);
            await writer.WriteAsync(variant, NpgsqlDbType.Smallint, ct);
            await writer.WriteAsync(test is null || variant > 0 ? now : DateTime.MaxValue, NpgsqlDbType.TimestampTz, ct);
        }

        await writer.CompleteAsync(ct);
    }

    // An address that gets on the list while this transaction is under way is found when its message is about to leave.
    private static Task SuppressAsync(NpgsqlTransaction tx, PreparingCampaign campaign, CancellationToken ct) =>
        tx.Connection!.ExecuteAsync(new CommandDefinition(
            """
            UPDATE campaigns.recipient r
            SET state = 7, reason = 5
            FROM campaigns.suppression s
            WHERE s.account_id = @AccountId AND s.channel = @Channel
              AND r.account_id = s.account_id AND r.channel = s.channel AND r.address_key = s.address_key AND r.campaign_id = @CampaignId
              AND r.state = 1
            """,
            campaign,
            tx,
            commandTimeout: 0,
            cancellationToken: ct));
}
