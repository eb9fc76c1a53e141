using System.Globalization;
using Crm.Campaigns.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Crm.Workflows.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Cli.Commands.Segments;
using TagSegments.Cli.Connection;
using Activity = Crm.Activity.V1.Activity;

namespace TagSegments.Standalone.Demo;

/// <summary>
/// The main job of the product: tag contacts in bulk, let a workflow react, send a scheduled campaign to a live segment, and tag its
/// recipients. The expected results are computed from the generated contacts without asking the services, so every answer is checked.
/// </summary>
internal sealed partial class MainJob(Services services, string account, DemoReport report, TimeProvider time)
{
    private const string HotLead = "Hot Lead";
    private const string RecipientTag = "Campaign: Spring Offer";
    private const string WorkflowTag = "Owner: Vienna Office";
    private const string BulkFilter = """lead_score >= 96 AND country in ("AT", "DE", "CH")""";
    private const string SegmentFilter = """has tag "Hot Lead" AND opened email in last 7 days""";
    private const string ReadersFilter = "opened email in last 7 days";
    private const string CustomersFilter = """has tag "Stage: Customer" AND country in ("AT", "DE", "CH")""";
    private const string Subject = "Spring offer";
    private const string NotificationAddress = "sales@example.com";

    // Enough for the late changes of the next step, with what the steps before it took: a slow machine needs more. They are checked to have come before it.
    private static readonly TimeSpan ScheduleAhead = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly long _began = time.GetTimestamp();

    public async Task RunAsync(
        IReadOnlyList<DemoContact> contacts, IReadOnlyDictionary<string, int> ids, Func<string, IReadOnlyList<string>>? sink, CancellationToken ct)
    {
        var hot = contacts.Where(c => c.LeadScore >= 96 && c.Country is "AT" or "DE" or "CH").ToList();
        var engaged = hot.Where(c => c.OpenedSince(time.GetUtcNow().AddDays(-7))).ToList();

        report.Heading("2. A workflow waits for the tag");
        var tagId = await CreateTagAsync(ct);
        var workflow = await PublishWorkflowAsync(tagId, ct);

        report.Heading("3. Bulk tagging");
        await BulkTagAsync(tagId, hot.Count, ct);

        report.Heading("4. A segment and a scheduled campaign");
        await CreateSegmentAsync("Hot and engaged", SegmentFilter, engaged.Count, ct);
        // The overlap of segments needs more than one.
        await CreateSegmentAsync("Readers of the week", ReadersFilter, contacts.Count(c => c.OpenedSince(time.GetUtcNow().AddDays(-7))), ct);
        var customers = contacts.Count(c => c.Tags.Contains("Stage: Customer") && c.Country is "AT" or "DE" or "CH");
        await CreateSegmentAsync("Customers in AT, DE and CH", CustomersFilter, customers, ct);
        var campaign = await ScheduleAsync(ct);

        report.Heading("5. Late changes, after scheduling and before sending");
        var removed = engaged.First(c => !c.Unsubscribed);
        var added = await AddLateAsync(ct);
        await RemoveLateAsync(removed, ids[removed.ExternalId], campaign, ct);

        report.Heading("6. Sent at its time");
        var audience = engaged.Where(c => c != removed).Select(c => ids[c.ExternalId]).Append(added.ContactId).ToHashSet();
        var declined = engaged.Where(c => c.Unsubscribed).Select(c => ids[c.ExternalId]).ToHashSet();
        campaign = await SentAsync(campaign, ct);
        var recipients = await CheckLedgerAsync(campaign, audience, declined, ct);
        CheckSink(sink, recipients);
        await CheckRecipientTagAsync(recipients, ct);

        report.Heading("7. The workflow reacted");
        var austrians = hot.Where(c => c.Country is "AT").Select(c => ids[c.ExternalId]).ToHashSet();
        await CheckRunsAsync(workflow, hot.Select(c => ids[c.ExternalId]).Append(added.ContactId).ToHashSet(), ct);
        await CheckWorkflowTagAsync(austrians, ct);

        report.Heading("8. Who got what");
        await ShowAsync(recipients, added, (removed, ids[removed.ExternalId]), ct);
    }

    private async Task<int> CreateTagAsync(CancellationToken ct)
    {
        var request = new CreateTagRequest { Account = account, Tag = new() { Name = HotLead, Description = "Ready to buy." }, RequestId = RequestId.New() };
        var tag = (await services.Tags.CreateTagAsync(request, cancellationToken: ct)).Tag;
        report.Done($"tag \"{HotLead}\" created");
        return tag.TagId;
    }

    private async Task<Workflow> PublishWorkflowAsync(int tagId, CancellationToken ct)
    {
        var definition = new Definition
        {
            Triggers = { new Trigger { Tag = new() { Change = TagTrigger.Types.Change.Added, TagIds = { tagId } } } },
            Nodes =
            {
                new Node
                {
                    Id = "where",
                    Branch = new() { Branches = { new Branch { Name = "Austria", When = new() { Text = """country = "AT" """ }, Next = "vienna" } }, Otherwise = "tell-sales" },
                },
                new Node { Id = "vienna", AddTag = new() { Tag = WorkflowTag } },
                new Node { Id = "tell-sales", Notify = new() { Email = NotificationAddress, Message = "A new hot lead outside Austria." } },
            },
        };
        var address = new AddTeamAddressRequest { Account = account, Address = NotificationAddress, RequestId = RequestId.New() };
        await services.Team.AddTeamAddressAsync(address, cancellationToken: ct);
        report.Done($"{NotificationAddress} is one of the team");
        await services.Tags.CreateTagAsync(new() { Account = account, Tag = new() { Name = WorkflowTag }, RequestId = RequestId.New() }, cancellationToken: ct);
        var draft = (await services.Workflows.CreateWorkflowAsync(new CreateWorkflowRequest
        {
            Account = account,
            Workflow = new() { Name = "Route hot leads", Definition = definition },
            RequestId = RequestId.New(),
        }, cancellationToken: ct)).Workflow;
        var published = (await services.Workflows.PublishWorkflowAsync(new PublishWorkflowRequest
        {
            Account = account,
            WorkflowId = draft.WorkflowId,
            RequestId = RequestId.New(),
        }, cancellationToken: ct)).Workflow;
        report.Check(1, published.PublishedVersion, "published version of the workflow \"Route hot leads\"");
        report.Detail($"""tag "{HotLead}" added -> if country = "AT" then add tag "{WorkflowTag}", else notify {NotificationAddress}""");
        return published;
    }

    private async Task BulkTagAsync(int tagId, int expected, CancellationToken ct)
    {
        var matches = new List<int>();
        using (var call = services.Segments.StreamMatches(new() { Account = account, Source = new() { Text = BulkFilter } }, cancellationToken: ct))
        {
            await foreach (var part in call.ResponseStream.ReadAllAsync(ct))
                matches.AddRange(Matches.Ids(part));
        }
        report.Check(expected, matches.Count, $"contacts with {BulkFilter}");

        var request = new BulkTagRequest { Account = account, ContactIds = { matches }, AddTagIds = { tagId }, RequestId = RequestId.New() };
        var answer = await services.Tags.BulkTagAsync(request, cancellationToken: ct);
        report.Check(expected, answer.Changes[0].Changed, $"contacts newly tagged \"{HotLead}\"");
    }

    private async Task CreateSegmentAsync(string name, string filter, int expected, CancellationToken ct)
    {
        await services.Segments.CreateSegmentAsync(new CreateSegmentRequest
        {
            Account = account,
            Segment = new() { Name = name },
            Text = filter,
            RequestId = RequestId.New(),
        }, cancellationToken: ct);
        report.Done($"segment \"{name}\" saved: {filter}");
        report.Check(expected, await CountAsync(new() { SegmentName = name }, ct), "contacts in it now");
    }

    private async Task<Campaign> ScheduleAsync(CancellationToken ct)
    {
        var campaign = (await services.Campaigns.CreateCampaignAsync(new CreateCampaignRequest
        {
            Account = account,
            Campaign = new()
            {
                Name = "Spring offer",
                Message = new() { Subject = Subject, Text = "Dear {{ contact.first_name }},\n\nspring is here.\n\n{{ unsubscribe_url }}\n" },
                Audience = new() { Include = { new FilterSource { SegmentName = "Hot and engaged" } } },
                RecipientTagNames = { RecipientTag },
            },
            RequestId = RequestId.New(),
        }, cancellationToken: ct)).Campaign;
        var ahead = ScheduleAhead + time.GetElapsedTime(_began);
        var runTime = time.GetUtcNow() + ahead;
        campaign = (await services.Campaigns.ScheduleCampaignAsync(new ScheduleCampaignRequest
        {
            Account = account,
            CampaignId = campaign.CampaignId,
            Schedule = new() { Time = Timestamp.FromDateTimeOffset(runTime) },
            RequestId = RequestId.New(),
        }, cancellationToken: ct)).Campaign;
        report.Done(string.Create(CultureInfo.InvariantCulture, $"campaign \"Spring offer\" scheduled for {runTime:HH:mm:ss} UTC, in {ahead.TotalSeconds:N0} s; the audience is not evaluated yet"));
        return campaign;
    }

    private async Task<Contact> AddLateAsync(CancellationToken ct)
    {
        var contact = (await services.Contacts.CreateContactAsync(new CreateContactRequest
        {
            Account = account,
            Contact = new() { ExternalId = "late", FirstName = "Lucy", LastName = "Late", Email = "lucy.late@example.com" },
            RequestId = RequestId.New(),
        }, cancellationToken: ct)).Contact;
        await services.Activities.RecordActivitiesAsync(new()
        {
            Account = account,
            Activities = { new Activity { ContactId = contact.ContactId, Kind = Activity.Types.Kind.Opened, Channel = Channel.Email } },
            RequestId = RequestId.New(),
        }, cancellationToken: ct);
        await services.Tags.AddTagsAsync(new() { Account = account, ContactId = contact.ContactId, TagNames = { HotLead }, RequestId = RequestId.New() }, cancellationToken: ct);
        report.Done($"{contact.FirstName} {contact.LastName} is new, opened an e-mail and got the tag \"{HotLead}\"");
        return contact;
    }

    private async Task RemoveLateAsync(DemoContact contact, int contactId, Campaign campaign, CancellationToken ct)
    {
        await services.Tags.RemoveTagsAsync(new() { Account = account, ContactId = contactId, TagNames = { HotLead }, RequestId = RequestId.New() }, cancellationToken: ct);
        report.Done($"{contact.FirstName} {contact.LastName} <{contact.Email}> lost the tag \"{HotLead}\"");
        report.Check(time.GetUtcNow() < campaign.Schedule.RunTime.ToDateTimeOffset(), "both changes came before the campaign's time");
    }

    private async Task<int> CountAsync(FilterSource source, CancellationToken ct) =>
        (await services.Segments.CountContactsAsync(new() { Account = account, Source = source }, cancellationToken: ct)).Count;
}
