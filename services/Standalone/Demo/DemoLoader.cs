using System.Diagnostics;
using System.Globalization;
using Crm.Activity.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Cli.Connection;
using Activity = Crm.Activity.V1.Activity;
using FieldType = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Standalone.Demo;

/// <summary>Loads the generated contacts into an account through the public API.</summary>
internal sealed class DemoLoader(Services services, string account, DemoReport report)
{
    private const int ActivitiesPerCall = 10_000;

    /// <summary>Loads everything and returns the contacts' numbers by external id.</summary>
    public async Task<IReadOnlyDictionary<string, int>> LoadAsync(IReadOnlyList<DemoContact> contacts, CancellationToken ct)
    {
        await ImportContactsAsync(contacts, ct);
        await CreatePipelineAsync(ct);
        await ImportDealsAsync(contacts, ct);
        var ids = await ContactIdsAsync(ct);
        report.Check(contacts.Count, ids.Count, "contacts in the account");
        await SetConsentsAsync(contacts, ids, ct);
        await RecordMailsAsync(contacts, ids, ct);
        return ids;
    }

    private async Task ImportContactsAsync(IReadOnlyList<DemoContact> contacts, CancellationToken ct)
    {
        var summary = await ImportAsync(DemoCsv.Contacts(contacts), new ImportOptions
        {
            FileName = "demo-contacts.csv",
            Delimiter = ",",
            ExternalIdColumn = "external_id",
            TagsColumns = { "tags" },
            TagsSeparator = ";",
            Types_ =
            {
                ["country"] = FieldType.Text, ["city"] = FieldType.Text, ["company"] = FieldType.Text, ["industry"] = FieldType.Text,
                ["plan"] = FieldType.Text, ["lead_score"] = FieldType.Number, ["signup_date"] = FieldType.Date, ["newsletter"] = FieldType.Boolean,
            },
        }, ct);
        report.Check(contacts.Count, summary.Created, "contacts imported from CSV");
        report.Check(contacts.Sum(c => c.Tags.Count), summary.TagsAdded, "tag assignments imported");
        report.Detail(string.Create(CultureInfo.InvariantCulture, $"{summary.RowsPerSecond:N0} contacts/s, {summary.FieldsCreated.Count} custom fields, {summary.TagsCreated.Count} tags"));
    }

    // An import alone would take the stages in the order in which its rows name them.
    private async Task CreatePipelineAsync(CancellationToken ct) => await services.Opportunities.CreatePipelineAsync(
        new() { Account = account, Pipeline = new() { Name = "Sales", Stages = { DemoData.Stages.Select(name => new Stage { Name = name }) } } },
        cancellationToken: ct);

    private async Task ImportDealsAsync(IReadOnlyList<DemoContact> contacts, CancellationToken ct)
    {
        var summary = await ImportAsync(DemoCsv.Deals(contacts), new ImportOptions
        {
            Kind = ImportOptions.Types.Kind.Opportunities,
            FileName = "demo-opportunities.csv",
            Delimiter = ",",
            ExternalIdColumn = "opportunity_id",
            ContactColumn = "contact",
            StageColumn = "stage",
            AmountColumn = "amount",
            OpenedColumn = "opened",
            ClosedColumn = "closed",
        }, ct);
        report.Check(contacts.Sum(c => c.Deals.Count), summary.Created, "opportunities imported from CSV");
    }

    private async Task<ImportSummary> ImportAsync(Stream csv, ImportOptions options, CancellationToken ct)
    {
        await using (csv)
            return await ImportCall.RunAsync(services, account, options, csv, _ => { }, _ => { }, error => report.Detail($"line {error.Line}: {error.Message}"), ct);
    }

    private async Task<Dictionary<string, int>> ContactIdsAsync(CancellationToken ct)
    {
        var ids = new Dictionary<string, int>();
        var request = new ListContactsRequest { Account = account, PageSize = 1000 };
        do
        {
            var page = await services.Contacts.ListContactsAsync(request, cancellationToken: ct);
            foreach (var contact in page.Contacts)
                ids.Add(contact.ExternalId, contact.ContactId);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken is not "");
        return ids;
    }

    private async Task SetConsentsAsync(IReadOnlyList<DemoContact> contacts, Dictionary<string, int> ids, CancellationToken ct)
    {
        var declined = contacts.Where(c => c.Unsubscribed).ToList();
        var options = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = ct };
        await Parallel.ForEachAsync(declined, options, async (contact, token) => await services.Contacts.SetConsentAsync(new SetConsentRequest
        {
            Account = account,
            ContactId = ids[contact.ExternalId],
            Consent = new() { Channel = Channel.Email, State = Consent.Types.State.Unsubscribed, Source = "unsubscribe link" },
            RequestId = RequestId.New(),
        }, cancellationToken: token));
        report.Done(string.Create(CultureInfo.InvariantCulture, $"contacts unsubscribed from e-mail: {declined.Count:N0}"));
    }

    private async Task RecordMailsAsync(IReadOnlyList<DemoContact> contacts, Dictionary<string, int> ids, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        var recorded = 0L;
        var activities = contacts.SelectMany(c => c.Mails.SelectMany(mail => ActivitiesOf(ids[c.ExternalId], mail))).ToList();
        foreach (var batch in activities.Chunk(ActivitiesPerCall))
        {
            var request = new RecordActivitiesRequest { Account = account, Activities = { batch }, RequestId = RequestId.New() };
            recorded += (await services.Activities.RecordActivitiesAsync(request, cancellationToken: ct)).Recorded;
        }
        report.Check(activities.Count, recorded, "e-mail activities of 90 days recorded");
        report.Detail(string.Create(CultureInfo.InvariantCulture, $"{recorded / watch.Elapsed.TotalSeconds:N0} activities/s"));
    }

    private static IEnumerable<Activity> ActivitiesOf(int contactId, DemoMail mail)
    {
        yield return NewActivity(contactId, mail, Activity.Types.Kind.Sent, mail.SentAt);
        if (mail.OpenedAt is { } opened)
            yield return NewActivity(contactId, mail, Activity.Types.Kind.Opened, opened);
        if (mail.ClickedAt is { } clicked)
            yield return NewActivity(contactId, mail, Activity.Types.Kind.Clicked, clicked);
    }

    private static Activity NewActivity(int contactId, DemoMail mail, Activity.Types.Kind kind, DateTimeOffset time) => new()
    {
        ContactId = contactId,
        Kind = kind,
        Channel = Channel.Email,
        Time = Timestamp.FromDateTimeOffset(time),
        DedupeKey = string.Create(CultureInfo.InvariantCulture, $"demo-{contactId}-{mail.Issue}-{kind}"),
    };
}
