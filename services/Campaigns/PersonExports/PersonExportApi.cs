using Crm.Activity.V1;
using Crm.Common.V1;
using Grpc.Core;
using TagSegments.Campaigns.Schema;

namespace TagSegments.Campaigns.PersonExports;

/// <summary>Serves what the service has about a person.</summary>
internal sealed class PersonExportApi(AccountDirectory accounts, PageTokens pages, AccountDatabase database) : ActivityService.ActivityServiceBase
{
    private readonly PersonRecords _records = new(database,
    [
        // A test that was rendered for the person has gone to somebody of the team.
        new("messages", $"""
            SELECT to_jsonb(r) - 'account_id' || jsonb_build_object('campaign', c.name, 'message', m.message, 'cause', m.cause)
            FROM campaigns.recipient r
            LEFT JOIN campaigns.campaign c USING (account_id, campaign_id)
            LEFT JOIN campaigns.single_message m ON r.single AND m.account_id = r.account_id AND m.message_id = r.campaign_id
            WHERE r.account_id = @accountId AND r.contact_id = ANY (@contactIds)
              AND COALESCE(m.kind, {MessageKinds.ToContact}) = {MessageKinds.ToContact}
            ORDER BY r.contact_id, r.campaign_id
            """),
        new("team_messages", $"""
            SELECT to_jsonb(r) - 'account_id' || jsonb_build_object('message', m.message)
            FROM campaigns.single_message m
            JOIN campaigns.recipient r ON r.account_id = m.account_id AND r.campaign_id = m.message_id
            WHERE m.account_id = @accountId AND m.kind <> {MessageKinds.ToContact} AND {IsOfPerson("r")}
            ORDER BY r.campaign_id
            """),
        new("team_addresses", OfAddresses("team_address", "created_at")),
        new("activities", """
            SELECT to_jsonb(a) - 'account_id'
            FROM campaigns.activity a
            WHERE account_id = @accountId AND contact_id = ANY (@contactIds)
            ORDER BY contact_id, at, activity_id
            """),
        new("last_activities", """
            SELECT to_jsonb(a) - 'account_id'
            FROM campaigns.contact_activity a
            WHERE account_id = @accountId AND contact_id = ANY (@contactIds)
            ORDER BY contact_id
            """),
        new("suppressions", OfAddresses("suppression", "created_at")),
        new("suppression_changes", OfAddresses("suppression_change", "change_id")),
        new("suppression_removals", OfAddresses("suppression_removal", "removed_at")),
        new("consents_to_report", """
            SELECT to_jsonb(t) - 'account_id'
            FROM campaigns.consent_task t
            WHERE account_id = @accountId AND contact_id = ANY (@contactIds)
            ORDER BY contact_id, channel
            """),
    ]);

    public override async Task<ExportContactDataResponse> ExportContactData(ExportContactDataRequest request, ServerCallContext context)
    {
        var person = new PersonKeys(
            [.. request.ContactIds],
            [.. request.Emails.Select(email => Address.Key(Channel.Email, email))],
            [.. request.Phones.Select(phone => Address.Key(Channel.Sms, phone))]);
        person.Check();
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var page = await _records.ReadAsync(account.Id, person, pages.Read(request), context.CancellationToken);
        return new ExportContactDataResponse
        {
            Kind = page.Kind,
            Records = { page.Records },
            NextPageToken = page.Next is null ? "" : pages.Create(request, page.Next),
        };
    }

    private static string OfAddresses(string table, string order) => $"""
        SELECT to_jsonb(s) - 'account_id'
        FROM campaigns.{table} s
        WHERE account_id = @accountId AND {IsOfPerson("s")}
        ORDER BY channel, address_key, {order}
        """;

    private static string IsOfPerson(string row) =>
        $"({row}.channel, {row}.address_key) IN (SELECT {Channel.Email:D}, unnest(@emails) UNION ALL SELECT {Channel.Sms:D}, unnest(@phones))";
}
