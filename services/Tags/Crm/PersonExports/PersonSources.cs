using Crm.Activity.V1;
using Crm.Common.V1;
using Crm.Segments.V1;
using Crm.Workflows.V1;
using TagSegments.Tags.Crm.Contacts;
using InCampaigns = Crm.Activity.V1.ExportContactDataRequest;
using InSegments = Crm.Segments.V1.ExportContactDataRequest;
using InWorkflows = Crm.Workflows.V1.ExportContactDataRequest;

namespace TagSegments.Tags.Crm.PersonExports;

/// <summary>Reads the records about a person, page by page, in this service and then in the others.</summary>
internal sealed class PersonSources(
    AccountDatabase database,
    ActivityService.ActivityServiceClient campaigns,
    SegmentService.SegmentServiceClient segments,
    WorkflowService.WorkflowServiceClient workflows)
{
    private const int MostKeys = 1_000;
    private readonly PersonRecords _own = new(database, PersonKinds.All);

    /// <summary>Finds the keys of a person of whom one contact is known.</summary>
    public async Task<PersonKeys> KeysAsync(int accountId, int contactId, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(accountId, ct);
        int[] contactIds = [.. (await KnownPerson.ContactsAsync(connection, null, accountId, [contactId], ct)).Take(MostKeys)];
        var addresses = await KnownPerson.AddressesAsync(connection, accountId, contactIds, ct);
        return new PersonKeys(contactIds, Texts(Channel.Email), Texts(Channel.Sms));

        string[] Texts(Channel channel) => [.. addresses.Where(address => address.Channel == channel).Select(address => address.Text).Take(MostKeys)];
    }

    /// <summary>Gets the sources, each of which reads the page at a position, null for the first one.</summary>
    public IReadOnlyList<Func<string?, Task<PersonRecordPage>>> Of(AccountInfo account, PersonKeys person, CancellationToken ct)
    {
        var inCampaigns = new InCampaigns { Account = account.Name, ContactIds = { person.ContactIds }, Emails = { person.Emails }, Phones = { person.Phones } };
        var inWorkflows = new InWorkflows { Account = account.Name, ContactIds = { person.ContactIds } };
        var inSegments = new InSegments { Account = account.Name, ContactIds = { person.ContactIds } };
        return
        [
            position => _own.ReadAsync(account.Id, person, position, ct),
            async position =>
            {
                inCampaigns.PageToken = position ?? "";
                var page = await campaigns.ExportContactDataAsync(inCampaigns, cancellationToken: ct);
                return Page(page.Kind, page.Records, page.NextPageToken);
            },
            async position =>
            {
                inWorkflows.PageToken = position ?? "";
                var page = await workflows.ExportContactDataAsync(inWorkflows, cancellationToken: ct);
                return Page(page.Kind, page.Records, page.NextPageToken);
            },
            async position =>
            {
                inSegments.PageToken = position ?? "";
                var page = await segments.ExportContactDataAsync(inSegments, cancellationToken: ct);
                return Page(page.Kind, page.Records, page.NextPageToken);
            },
        ];
    }

    private static PersonRecordPage Page(string kind, IReadOnlyList<string> records, string next) => new(kind, records, next.Length > 0 ? next : null);
}
