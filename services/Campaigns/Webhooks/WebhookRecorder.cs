using System.Security.Cryptography;
using System.Text;
using Crm.Activity.V1;
using Crm.Common.V1;
using Dapper;
using Npgsql;
using TagSegments.Campaigns.Activities;
using TagSegments.Campaigns.Schema;
using TagSegments.Campaigns.Suppressions;
using TagSegments.Campaigns.Tracking;
using Bounce = Crm.Activity.V1.Activity.Types.Bounce;
using Kind = Crm.Activity.V1.Activity.Types.Kind;
using Reason = Crm.Activity.V1.Suppression.Types.Reason;

namespace TagSegments.Campaigns.Webhooks;

/// <summary>
/// Records the reports of a provider; events of messages that are not ours are ignored. A hard bounce, too many soft ones and a complaint suppress
/// the address that the message went to, an unsubscribe at the provider is that of the person, and a confirmed delivery settles a message that was
/// unknown. The activity is that of the contact that the recipient is now.
/// </summary>
internal sealed class WebhookRecorder(
    AccountDatabase database, ReportedMessages reported, ClosedAccounts closed, MergedContacts merged, WebhookOptions options, TimeProvider time)
{
    private const string Source = "provider webhook";

    /// <summary>
    /// Records events, each account's in one transaction, and returns how many are about a message of ours. With an account, only events of its
    /// messages count.
    /// </summary>
    public async Task<int> RecordAsync(string provider, IEnumerable<ProviderEvent> events, int? account, CancellationToken ct)
    {
        var all = events.ToList();
        var reports = all.Zip(await reported.FindAsync(all, account, ct))
            .Where(found => found.Second is { } target && (account is null || account == target.AccountId))
            .Select(found => new Report(found.First, found.Second!, DedupeKey(provider, found.First)))
            .ToList();
        foreach (var ofAccount in reports.GroupBy(r => r.Target.AccountId).Where(ofAccount => !closed.IsErased(ofAccount.Key)))
        {
            await TransactionRetry.RunAsync(() => RecordAsync(ofAccount.Key, [.. ofAccount], ct), ct);
        }

        return reports.Count;
    }

    private async Task<int> RecordAsync(int accountId, List<Report> reports, CancellationToken ct)
    {
        // Before the transaction: nothing is held while another service is asked.
        var messages = await FindAsync(accountId, reports, ct);
        var now = messages.Count == 0
            ? new Dictionary<int, int>()
            : await merged.FindAsync(accountId, messages.First().Value.AccountName, [.. messages.Keys.Select(message => message.ContactId)], ct);
        var activities = new List<ActivityEvent>();
        var suppressed = false;
        await using var connection = await database.OpenAsync(accountId, ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        await BounceLedger.NoteAsync(tx, accountId, reports, time.GetUtcNow().UtcDateTime, ct);
        foreach (var report in reports.OrderBy(r => r.Target.ContactId))
        {
            if (messages.TryGetValue((report.Target.CampaignId, report.Target.ContactId), out var message))
            {
                suppressed |= await SuppressAsync(tx, accountId, report, message.Address, ct);
                await RefuseAsync(tx, report, message, ct);
                activities.AddRange(message.Kind == (short)MessageKind.ToContact
                    ? ToActivity(report, message.CampaignId).Select(activity => activity.Of(now.GetValueOrDefault(activity.ContactId, activity.ContactId)))
                    : []);
            }
        }

        await SettleAsync(tx, accountId, reports, ct);
        await ActivityRecorder.RecordAsync(tx, accountId, activities, ct, suppressed);
        await tx.CommitAsync(ct);
        return activities.Count;
    }

    private static string DedupeKey(string provider, ProviderEvent e) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{provider} {e.Type} {e.MessageId} {e.EventId ?? e.At?.ToString("O", null)} {e.Email}")))[..40];

    private async Task<Dictionary<(Guid CampaignId, int ContactId), Sent>> FindAsync(int accountId, List<Report> reports, CancellationToken ct)
    {
        const string sql =
            $"""
            SELECT DISTINCT r.campaign_id AS ledger_id, r.contact_id, r.address,
                CASE WHEN r.single THEN m.campaign_id ELSE r.campaign_id END AS campaign_id, COALESCE(m.kind, {MessageKinds.ToContact}::smallint) AS kind,
                COALESCE(c.account_name, m.account_name) AS account_name
            FROM unnest(@campaigns, @contacts) AS t (campaign_id, contact_id)
            JOIN campaigns.recipient r ON r.account_id = @accountId AND r.campaign_id = t.campaign_id AND r.contact_id = t.contact_id
            LEFT JOIN campaigns.campaign c ON c.account_id = r.account_id AND c.campaign_id = r.campaign_id
            LEFT JOIN campaigns.single_message m ON r.single AND m.account_id = r.account_id AND m.message_id = r.campaign_id
            """;
        var parameters = Targets(accountId, reports.ConvertAll(r => r.Target));
        await using var connection = await database.OpenAsync(accountId, ct);
        return (await connection.QueryAsync<Sent>(new CommandDefinition(sql, parameters, cancellationToken: ct)))
            .ToDictionary(sent => (sent.LedgerId, sent.ContactId));
    }

    private async Task<bool> SuppressAsync(NpgsqlTransaction tx, int accountId, Report report, string address, CancellationToken ct)
    {
        var reason = report.Event switch
        {
            { Type: EventType.Bounced, Bounce: Bounce.Hard } => Reason.Bounced,
            { Type: EventType.Bounced, Bounce: Bounce.Soft } when await BounceLedger.IsSpentAsync(tx, accountId, address, options, ct) => Reason.Bounced,
            { Type: EventType.Complained } => Reason.Complained,
            { Type: EventType.Unsubscribed } => Reason.Unsubscribed,
            _ => Reason.Unspecified,
        };
        // Nobody knows the address of an erased contact.
        if (reason == Reason.Unspecified || address.Length == 0 || await IsOutdatedAsync(tx, report, address, ct))
        {
            return false;
        }

        var source = report.Event.Bounce == Bounce.Soft ? "soft bounces" : Source;
        var suppression = new Suppression { Channel = Channel.Email, Address = address, Reason = reason, Source = source };
        return (await SuppressionStore.AddAsync(tx, accountId, suppression, ct)).Changed;
    }

    // Whoever unsubscribes there means the sender, and not the address alone.
    private static async Task RefuseAsync(NpgsqlTransaction tx, Report report, Sent message, CancellationToken ct)
    {
        var isRefusal = report.Event.Type == EventType.Unsubscribed && message.Kind == (short)MessageKind.ToContact;
        if (isRefusal && !await IsOutdatedAsync(tx, report, message.Address, ct))
        {
            await ConsentTasks.AddAsync(tx, report.Target, message.AccountName, Source, unrecorded: null, ct);
        }
    }

    // What happened before the owner's newest consent, and is reported late or again, does not undo it.
    private static async Task<bool> IsOutdatedAsync(NpgsqlTransaction tx, Report report, string address, CancellationToken ct) =>
        report.Event.At is { } at && address.Length > 0
        && await SuppressionStore.HasNewerConsentAsync(tx, report.Target.AccountId, Channel.Email, address, at, ct);

    // Times of providers' clocks that run ahead are not recorded as such: what lies in the future matches no segment.
    private IEnumerable<ActivityEvent> ToActivity(Report report, Guid? campaignId)
    {
        var kind = report.Event.Type switch
        {
            EventType.Delivered => Kind.Delivered,
            EventType.Opened => Kind.Opened,
            EventType.Clicked => Kind.Clicked,
            EventType.Bounced => Kind.Bounced,
            EventType.Complained => Kind.Complained,
            EventType.Unsubscribed => Kind.Unsubscribed,
            _ => Kind.Unspecified,
        };
        if (kind == Kind.Unspecified)
        {
            yield break;
        }

        var now = time.GetUtcNow().UtcDateTime;
        var activity = new ActivityEvent(report.Target.ContactId, kind, Channel.Email, report.Event.At is { } at && at < now ? at : now)
        {
            CampaignId = campaignId,
            Detail = report.Event.KeptDetail,
            Bounce = kind == Kind.Bounced ? report.Event.Bounce : Bounce.Unspecified,
            Machine = kind is Kind.Opened or Kind.Clicked && report.Event.IsMachine,
            DedupeKey = report.DedupeKey,
        };
        yield return kind switch
        {
            Kind.Opened => activity.OfLink(report.Target.CampaignId, ""),
            Kind.Clicked => activity.OfLink(report.Target.CampaignId, report.Event.Detail ?? ""),
            _ => activity,
        };
    }

    private static Task SettleAsync(NpgsqlTransaction tx, int accountId, List<Report> reports, CancellationToken ct)
    {
        const string sql =
            $"""
            UPDATE campaigns.recipient r
            SET state = {RecipientStates.Accepted}, reason = {RecipientReasons.Unspecified}, detail = 'The provider has confirmed it.',
                accepted_at = now(), updated_at = now()
            FROM unnest(@campaigns, @contacts) AS t (campaign_id, contact_id)
            WHERE r.account_id = @accountId AND r.campaign_id = t.campaign_id AND r.contact_id = t.contact_id
              AND r.state = {RecipientStates.Unknown}
            """;
        var delivered = reports.Where(r => r.Event.Type == EventType.Delivered).Select(r => r.Target).ToList();
        return tx.Connection!.ExecuteAsync(new CommandDefinition(sql, Targets(accountId, delivered), tx, cancellationToken: ct));
    }

    private static object Targets(int accountId, List<TrackingTarget> targets) => new
    {
        accountId,
        campaigns = targets.Select(target => target.CampaignId).ToArray(),
        contacts = targets.Select(target => target.ContactId).ToArray(),
    };

    private sealed record Sent(Guid LedgerId, int ContactId, string Address, Guid? CampaignId, short Kind, string AccountName);
}
