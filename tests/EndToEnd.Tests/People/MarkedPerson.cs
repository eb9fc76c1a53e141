using System.Globalization;
using System.Security.Cryptography;
using Crm.Activity.V1;
using Crm.Campaigns.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Workflows.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Embedded.Smtp;
using TagSegments.Testing;
using Field = Crm.Contacts.V1.Field;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.EndToEnd.Tests.People;

/// <summary>A person of whom the services keep all that they can keep, with a random mark in every text.</summary>
internal sealed partial class MarkedPerson(TestApps apps, string account)
{
    /// <summary>The settings of services with which a person can get messages.</summary>
    public static IReadOnlyDictionary<string, string?> Settings { get; } =
        new Dictionary<string, string?> { ["Smtp:From"] = "news@x.example", ["Delivery:PollInterval"] = "00:00:00.05" };

    /// <summary>The mark.</summary>
    public string Mark { get; } = $"zq{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";

    public string Email => $"{Mark}@x.example";

    /// <summary>The digits of the phone number: the mark of what has digits only.</summary>
    public string Phone { get; } = $"49{RandomNumberGenerator.GetInt32(100_000_000, 999_999_999).ToString(CultureInfo.InvariantCulture)}77";

    private readonly Guid _calls = Guid.NewGuid();

    public int ContactId { get; private set; }

    /// <summary>The contact that was merged into the person's.</summary>
    public int DuplicateId { get; private set; }

    public string CampaignId { get; private set; } = "";

    /// <summary>Lets everything happen to the person that leaves a trace.</summary>
    public async Task LiveAsync()
    {
        await BecomeContactAsync();
        await HaveOpportunityAsync();
        await EnterWorkflowAsync();
        await JoinTeamAsync();
        await GetMessagesAsync();
        await ActAsync();
        await RefuseAsync();
        await BeImportedAsync();
    }

    // Some programs use what they know of a person as the id of a call.
    private string RequestId(string name) => name is "create" or "deal" or "first" or "cancel" ? $"{name} {Email}" : $"{name} {_calls}";

    private async Task BecomeContactAsync()
    {
        await apps.Fields.CreateFieldAsync(new() { Account = account, Field = new() { Key = "note", Type = Type.Text } });
        var contact = new Contact
        {
            Email = Email,
            Phone = $"+{Phone}",
            ExternalId = $"x-{Mark}",
            FirstName = $"First {Mark}",
            LastName = $"Last {Mark}",
            Fields = TestAccount.Values("note", Value.ForString($"note {Mark}")),
        };
        ContactId = (await apps.Contacts.CreateContactAsync(new() { Account = account, Contact = contact, RequestId = RequestId("create") })).Contact.ContactId;
        await UpdateAsync(new() { ContactId = ContactId, FirstName = $"Second {Mark}" }, "first_name");
        await UpdateAsync(new() { ContactId = ContactId, Fields = TestAccount.Values("note", Value.ForString($"other {Mark}")) }, "fields.note");
        foreach (var state in new[] { Consent.Types.State.Subscribed, Consent.Types.State.Never, Consent.Types.State.Subscribed })
        {
            await apps.Contacts.SetConsentAsync(new()
            {
                Account = account,
                ContactId = ContactId,
                RequestId = RequestId($"consent {state}"),
                Cause = Cause,
                Consent = new() { Channel = Channel.Email, State = state, Source = $"form of {Mark}" },
            });
        }

        var duplicate = new Contact { Email = $"dup-{Email}", ExternalId = $"dup-{Mark}", FirstName = $"Dup {Mark}" };
        DuplicateId = (await apps.Contacts.CreateContactAsync(new() { Account = account, Contact = duplicate, RequestId = RequestId("duplicate") })).Contact.ContactId;
        await apps.Contacts.MergeContactsAsync(new() { Account = account, ContactId = ContactId, DuplicateContactId = DuplicateId, RequestId = RequestId("merge") });
        await apps.Tags.AddTagsAsync(new()
        {
            Account = account,
            ContactId = ContactId,
            TagNames = { "Hot", "Cold" },
            CreateMissing = true,
            Cause = Cause,
            RequestId = RequestId("tags"),
        });
    }

    private Cause Cause => new() { Kind = Cause.Types.Kind.User, Id = $"id {Mark}", Detail = $"asked by {Mark}" };

    private Task UpdateAsync(Contact contact, string path) => apps.Contacts.UpdateContactAsync(new()
    {
        Account = account,
        Contact = contact,
        UpdateMask = new FieldMask { Paths = { path } },
        RequestId = RequestId(path),
        Cause = Cause,
    }).ResponseAsync;

    private async Task HaveOpportunityAsync()
    {
        await apps.Fields.CreateFieldAsync(new() { Account = account, Field = new() { Key = "deal", Type = Type.Text, Target = Field.Types.Target.Opportunity } });
        var pipeline = (await apps.Opportunities.CreatePipelineAsync(new()
        {
            Account = account,
            Pipeline = new() { Name = "Sales", Stages = { new Stage { Name = "New" }, new Stage { Name = "Won" } } },
        })).Pipeline;
        var opportunity = new Opportunity
        {
            ContactId = ContactId,
            ExternalId = $"deal-{Mark}",
            Name = $"Deal {Mark}",
            PipelineId = pipeline.PipelineId,
            StageId = pipeline.Stages[0].StageId,
            Amount = "100",
            Fields = TestAccount.Values("deal", Value.ForString($"deal {Mark}")),
        };
        opportunity = (await apps.Opportunities.CreateOpportunityAsync(new() { Account = account, Opportunity = opportunity, RequestId = RequestId("deal") })).Opportunity;
        opportunity.Name = $"Better deal {Mark}";
        opportunity.Fields = TestAccount.Values("deal", Value.ForString($"better {Mark}"));
        await apps.Opportunities.UpdateOpportunityAsync(new()
        {
            Account = account,
            Opportunity = opportunity,
            UpdateMask = new() { Paths = { "name", "fields" } },
            RequestId = RequestId("better"),
            Cause = Cause,
        });
    }

    private async Task EnterWorkflowAsync()
    {
        const string yaml = """
            name: Care
            triggers:
            - tag:
                tags: [Wanted]
            nodes:
            - id: note
              set_field:
                field: note
                value: seen
              next: rest
            - id: rest
              wait:
                period: 30 days
              next: done
            - id: done
              end: {}
            """;
        await apps.Tags.CreateTagAsync(new() { Account = account, Tag = new() { Name = "Wanted" } });
        var workflow = (await apps.Workflows.CreateWorkflowAsync(new() { Account = account, Yaml = yaml })).Workflow;
        await apps.Workflows.PublishWorkflowAsync(new() { Account = account, WorkflowId = workflow.WorkflowId });
        await apps.Tags.AddTagsAsync(new() { Account = account, ContactId = ContactId, TagNames = { "Wanted" }, Cause = Cause });
        var runs = await Eventually.ReadAsync(
            async () => (await apps.Workflows.ListRunsAsync(new() { Account = account, ContactId = ContactId })).Runs,
            runs => runs is [{ State: Run.Types.State.Waiting }]);
        await apps.Workflows.CancelRunAsync(new() { Account = account, RunId = runs[0].RunId, Reason = $"{Mark} asked for it", RequestId = RequestId("cancel") });
        await apps.Tags.RemoveTagsAsync(new() { Account = account, ContactId = ContactId, TagNames = { "Wanted" } });
        await apps.Tags.AddTagsAsync(new() { Account = account, ContactId = ContactId, TagNames = { "Wanted" }, Cause = Cause });
    }
}
