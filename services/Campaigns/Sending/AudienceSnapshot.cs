using Crm.Campaigns.V1;
using Crm.Common.V1;
using Dapper;
using Google.Protobuf;
using Npgsql;
using NpgsqlTypes;
using TagSegments.Campaigns.AbTests;
using Reason = Crm.Campaigns.V1.Recipient.Types.Reason;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Campaigns.Sending;

/// <summary>Writes a frozen audience.</summary>
internal static class AudienceSnapshot
{
    private const int LookupSize = 50_000;

    /// <summary>Leaves out addresses on the suppression list.</summary>
    public static async Task SuppressAsync(
        NpgsqlTransaction tx, int accountId, Channel channel, IEnumerable<RecipientDraft> drafts, CancellationToken ct)
    {
        foreach (var chunk in drafts.Where(draft => draft.Reason == 0).Chunk(LookupSize))
        {
            var suppressed = (await tx.Connection!.QueryAsync<string>(new CommandDefinition(
                """
                SELECT address_key
                FROM campaigns.suppression
                WHERE account_id = @accountId AND channel = @channel AND address_key = ANY(@keys)
                """,
                new { accountId, channel = (short)channel, keys = chunk.Select(draft => draft.AddressKey).ToArray() },
                tx,
                cancellationToken: ct))).ToHashSet();
            foreach (var draft in chunk.Where(draft => suppressed.Contains(draft.AddressKey)))
            {
                draft.Reason = Reason.Suppressed;
            }
        }
    }

    /// <summary>Freezes the audience and starts the campaign; false if somebody stopped it or another process took over meanwhile.</summary>
    public static async Task<bool> FreezeAsync(
        NpgsqlTransaction tx, PreparingCampaign campaign, Evaluation evaluation, List<RecipientDraft> drafts, CancellationToken ct)
    {
        var started = await tx.Connection!.ExecuteAsync(new CommandDefinition(
            """
            UPDATE campaigns.campaign
            SET state = CASE WHEN @empty THEN 6 ELSE 4 END, version = version + 1, lease_until = NULL, updated_at = now(),
                evaluated_at = @at, segment_versions = @versions::jsonb, ended_at = CASE WHEN @empty THEN now() END,
                problem = CASE WHEN @empty THEN 'The audience was empty: nothing was sent.' ELSE '' END
            WHERE account_id = @AccountId AND campaign_id = @CampaignId AND fence = @Fence AND state = 3
            """,
            new
            {
                campaign.AccountId,
                campaign.CampaignId,
                campaign.Fence,
                empty = drafts.Count == 0,
                at = evaluation.At,
                versions = $"[{string.Join(',', evaluation.Versions.Select(version => JsonFormatter.Default.Format(version)))}]",
            },
            tx,
            cancellationToken: ct));
        if (started > 0)
        {
            await CopyAsync(tx, campaign, drafts, evaluation.At, ct);
        }

        return started > 0;
    }

    private static async Task CopyAsync(
        NpgsqlTransaction tx, PreparingCampaign campaign, List<RecipientDraft> drafts, DateTime at, CancellationToken ct)
    {
        await using var writer = await tx.Connection!.BeginBinaryImportAsync(
            """
            COPY campaigns.recipient (account_id, campaign_id, contact_id, channel, address, address_key, state, reason, tagged, variant, due_at)
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
            await writer.WriteAsync(variant, NpgsqlDbType.Smallint, ct);
            await writer.WriteAsync(test is null || variant > 0 ? at : DateTime.MaxValue, NpgsqlDbType.TimestampTz, ct);
        }

        await writer.CompleteAsync(ct);
    }
}
