using Crm.Activity.V1;
using Crm.Common.V1;
using Dapper;
using Grpc.Core;
using Npgsql;
using TagSegments.Campaigns.Activities;
using TagSegments.Campaigns.Schema;
using TagSegments.Campaigns.Suppressions;

namespace TagSegments.Campaigns.Tracking;

/// <summary>What came of an unsubscribe link.</summary>
internal enum UnsubscribeOutcome
{
    /// <summary>The address is unsubscribed, now or since earlier.</summary>
    Done,

    /// <summary>There was no such message.</summary>
    NoSuchMessage,

    /// <summary>The owner of the address has given a new consent since the message; it stays.</summary>
    Outdated,

    /// <summary>The contact was erased: there is nothing left to unsubscribe.</summary>
    Erased,
}

/// <summary>
/// Unsubscribes the address that a message went to: suppression, the ledger's waiting messages, the activity, and a note for the contact service,
/// all in one transaction. It works on the address, so it holds for every contact that has it, also after the contact is deleted, and on the person, so it
/// holds for what the contact was merged into, and for its new address. While nobody can say what that is, the activity is left to
/// <see cref="ConsentReporter"/>. A link works as long as its key is in the ring, as consent can be withdrawn at any time; but it does not withdraw a
/// consent that was given after its message.
/// </summary>
internal sealed class Unsubscriber(AccountDatabase database, SentMessages messages)
{
    private const string Source = "unsubscribe link";

    // Longer than calls are repeated.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>Unsubscribes. Repeating it changes nothing.</summary>
    public async Task<UnsubscribeOutcome> UnsubscribeAsync(TrackingTarget target, CancellationToken ct)
    {
        // Before the transaction: nothing is locked while another service is asked.
        var contactId = await NowAsync(target, ct);
        return await TransactionRetry.RunAsync(() => UnsubscribeOnceAsync(target, contactId, ct), ct);
    }

    private async Task<UnsubscribeOutcome> UnsubscribeOnceAsync(TrackingTarget target, int? contactId, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(target.AccountId, ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        if (await FindAsync(tx, target, ct) is not { } message)
        {
            return await IsErasedAsync(tx, target, ct) ? UnsubscribeOutcome.Erased : UnsubscribeOutcome.NoSuchMessage;
        }

        if (message.Outdated)
        {
            return UnsubscribeOutcome.Outdated;
        }

        var suppression = new Suppression
        {
            Channel = target.Channel,
            Address = message.Address,
            Reason = Suppression.Types.Reason.Unsubscribed,
            Source = Source,
        };
        // The ledger keeps addresses for a while only. Later it is the contact that declines.
        var changed = message.Address.Length > 0 && (await SuppressionStore.AddAsync(tx, target.AccountId, suppression, ct)).Changed;
        if (message.Kind != (short)MessageKind.ToContact)
        {
            // Somebody of the team: it is no word of the contact.
            await ActivityRecorder.RecordAsync(tx, target.AccountId, [], ct, suppressions: changed);
            await tx.CommitAsync(ct);
            return UnsubscribeOutcome.Done;
        }

        await ConsentTasks.AddAsync(tx, target, message.AccountName, Source, contactId is null ? new(message.CampaignId) : null, ct);
        ActivityEvent[] events = contactId is { } now ? [Event(target, message.CampaignId, message.Now).Of(now)] : [];
        await ActivityRecorder.RecordAsync(tx, target.AccountId, events, ct, suppressions: changed);
        await tx.CommitAsync(ct);
        return UnsubscribeOutcome.Done;
    }

    /// <summary>Makes the activity of an unsubscribe; however often it is recorded, it counts once.</summary>
    public static ActivityEvent Event(TrackingTarget target, Guid? campaignId, DateTime at) =>
        new(target.ContactId, Activity.Types.Kind.Unsubscribed, target.Channel, at)
        {
            CampaignId = campaignId,
            DedupeKey = $"unsubscribed {target.CampaignId:N} {target.ContactId}",
        };

    // Whoever wants out gets out, also while nobody can say in time who the contact is now: null.
    private async Task<int?> NowAsync(TrackingTarget target, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(s_patience);
        try
        {
            return (await messages.FindAsync(target, patience.Token)).ContactId;
        }
        catch (Exception e) when (e is RpcException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return null;
        }
    }

    private static Task<Message?> FindAsync(NpgsqlTransaction tx, TrackingTarget target, CancellationToken ct)
    {
        const string sql =
            $"""
            SELECT r.address, COALESCE(c.account_name, m.account_name) AS account_name,
                CASE WHEN r.single THEN m.campaign_id ELSE r.campaign_id END AS campaign_id, now() AS now,
                EXISTS (
                    SELECT 1
                    FROM campaigns.suppression_removal s
                    WHERE s.account_id = r.account_id AND s.channel = r.channel AND s.address_key = r.address_key
                      AND s.removed_at > COALESCE(r.accepted_at, r.updated_at)
                ) AS outdated,
                COALESCE(m.kind, {MessageKinds.ToContact}::smallint) AS kind
            FROM campaigns.recipient r
            LEFT JOIN campaigns.campaign c ON c.account_id = r.account_id AND c.campaign_id = r.campaign_id
            LEFT JOIN campaigns.single_message m ON m.account_id = r.account_id AND m.message_id = r.campaign_id
            WHERE r.account_id = @AccountId AND r.campaign_id = @CampaignId AND r.contact_id = @ContactId
                AND NOT EXISTS (
                    SELECT FROM campaigns.erased_contact e WHERE e.account_id = r.account_id AND e.contact_id = r.contact_id)
            """;
        var parameters = new { target.AccountId, target.CampaignId, target.ContactId };
        return tx.Connection!.QuerySingleOrDefaultAsync<Message>(new CommandDefinition(sql, parameters, tx, cancellationToken: ct));
    }

    private static Task<bool> IsErasedAsync(NpgsqlTransaction tx, TrackingTarget target, CancellationToken ct)
    {
        const string sql = "SELECT EXISTS (SELECT FROM campaigns.erased_contact WHERE account_id = @AccountId AND contact_id = @ContactId)";
        return tx.Connection!.ExecuteScalarAsync<bool>(new CommandDefinition(sql, new { target.AccountId, target.ContactId }, tx, cancellationToken: ct));
    }

    private sealed record Message(string Address, string AccountName, Guid? CampaignId, DateTime Now, bool Outdated, short Kind);
}
