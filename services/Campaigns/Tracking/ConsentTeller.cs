using Crm.Common.V1;
using Crm.Contacts.V1;
using Dapper;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Npgsql;
using TagSegments.Campaigns.Delivery;

namespace TagSegments.Campaigns.Tracking;

/// <summary>Tells the contact service who unsubscribed by a link, until it has heard it.</summary>
internal sealed class ConsentTeller(
    NpgsqlDataSource database, ContactService.ContactServiceClient contacts, DeliveryOptions options, ILogger<ConsentTeller> logger)
    : PollingService(options.PollInterval, logger)
{
    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var tasks = (await connection.QueryAsync<ConsentTask>(new CommandDefinition(
            """
            SELECT account_id, contact_id, channel, account_name, source, at
            FROM campaigns.consent_task
            WHERE due_at <= now()
            ORDER BY due_at
            LIMIT 100
            """,
            cancellationToken: ct))).AsList();
        foreach (var task in tasks)
        {
            await TellAsync(task, ct);
            await connection.ExecuteAsync(new CommandDefinition(
                """
                DELETE FROM campaigns.consent_task
                WHERE account_id = @AccountId AND contact_id = @ContactId AND channel = @Channel AND at = @At
                """,
                task,
                cancellationToken: ct));
        }

        return tasks.Count > 0;
    }

    private async Task TellAsync(ConsentTask task, CancellationToken ct)
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
            // The contact is gone; the suppression list keeps its address.
            logger.BackgroundWorkFailed(e, nameof(ConsentTeller));
        }
    }

    private sealed record ConsentTask(int AccountId, int ContactId, short Channel, string AccountName, string Source, DateTime At);
}
