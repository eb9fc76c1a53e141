using Crm.Common.V1;
using Crm.Contacts.V1;
using Dapper;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Npgsql;
using TagSegments.Campaigns.Activities;

namespace TagSegments.Campaigns.Tracking;

/// <summary>
/// Reports unsubscribes by a link to the contact service, again and again until it has taken them, and records the activity of those during which it
/// could not say who the contact is now.
/// </summary>
internal sealed class ConsentReporter(
    WorkDatabase database, ContactService.ContactServiceClient contacts, MergedContacts merged, ActivityRecorder recorder, ILogger<ConsentReporter> logger)
    : PollingService(WorkWatch.OwnPause, logger), IWatched
{
    /// <summary>Since when the oldest consent that was not passed on is due.</summary>
    public static string OldestDue => "SELECT min(due_at) FROM campaigns.consent_task WHERE due_at <= now()";

    public static string WorkQuery => "SELECT FROM campaigns.consent_task WHERE due_at <= now()";

    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        const string sql =
            """
            SELECT account_id, contact_id, channel, message_id, campaign_id, account_name, source, at
            FROM campaigns.consent_task
            WHERE due_at <= now()
            ORDER BY due_at
            LIMIT 100
            """;
        const string doneSql =
            """
            DELETE FROM campaigns.consent_task
            WHERE account_id = @AccountId AND contact_id = @ContactId AND channel = @Channel AND message_id = @MessageId AND at = @At
            """;
        await using var connection = await database.OpenAsync(ct);
        var tasks = (await connection.QueryAsync<ConsentTask>(new CommandDefinition(sql, cancellationToken: ct))).AsList();
        foreach (var task in tasks)
        {
            await ReportAsync(task, ct);
            await RecordAsync(task, ct);
            await connection.ExecuteAsync(new CommandDefinition(doneSql, task, cancellationToken: ct));
        }

        return tasks.Count > 0;
    }

    private async Task ReportAsync(ConsentTask task, CancellationToken ct)
    {
        try
        {
            var consent = new Consent
            {
                Channel = (Channel)task.Channel,
                State = Consent.Types.State.Unsubscribed,
                Source = task.Source,
                Time = Timestamp.FromDateTime(task.At),
            };
            await contacts.SetConsentAsync(
                new SetConsentRequest
                {
                    Account = task.AccountName,
                    ContactId = task.ContactId,
                    Consent = consent,
                    Cause = new Cause { Kind = Cause.Types.Kind.Contact },
                },
                cancellationToken: ct);
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.NotFound or StatusCode.InvalidArgument or StatusCode.FailedPrecondition)
        {
            // The contact no longer exists; the suppression list keeps its address.
            logger.BackgroundWorkFailed(e, nameof(ConsentReporter));
        }
    }

    private async Task RecordAsync(ConsentTask task, CancellationToken ct)
    {
        if (task.MessageId != Guid.Empty)
        {
            var now = await merged.NowAsync(task.AccountId, task.AccountName, task.ContactId, ct);
            var target = new TrackingTarget(task.AccountId, task.MessageId, task.ContactId, (Channel)task.Channel);
            await recorder.RecordAsync(task.AccountId, [Unsubscriber.Event(target, task.CampaignId, task.At).Of(now)], ct);
        }
    }

    private sealed record ConsentTask(
        int AccountId, int ContactId, short Channel, Guid MessageId, Guid? CampaignId, string AccountName, string Source, DateTime At);
}
