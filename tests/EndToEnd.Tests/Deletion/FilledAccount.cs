using Crm.Activity.V1;
using Crm.Auth.V1;
using Crm.Campaigns.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Crm.Workflows.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Testing;
using Field = Crm.Contacts.V1.Field;

namespace TagSegments.EndToEnd.Tests.Deletion;

/// <summary>An account that has something in almost every table, made by calls as a customer makes them.</summary>
internal sealed class FilledAccount(TestApps apps, string name) : TestAccount(apps, name)
{
    // Ten are created and one of them deleted; two are imported.
    private const int LivingContacts = 11;
    private static readonly FilterSource s_everyone = new() { Filter = new Filter { Everyone = new() } };

    public static async Task<FilledAccount> NewFilledAsync(TestApps apps)
    {
        var account = new FilledAccount(apps, await apps.NewAccountAsync());
        await account.FillRecordAsync();
        await account.FillTagsAsync();
        await account.FillWorkflowsAsync();
        await account.FillMessagesAsync();
        await account.EraseContactAsync();
        return account;
    }

    /// <summary>The number of the account.</summary>
    public Task<int> IdAsync() => QueryAsync<int>("SELECT account_id FROM crm.account WHERE name = @name");

    /// <summary>Has a new tag counted, which puts its contacts into Redis.</summary>
    public async Task FillRedisAsync()
    {
        var tag = $"Cached {Guid.NewGuid()}";
        await Apps.Tags.AddTagsAsync(new() { Account = Name, ContactId = 1, TagNames = { tag }, CreateMissing = true });
        await Apps.Segments.CountContactsAsync(new() { Account = Name, Source = new() { Text = $"has tag \"{tag}\"" } });
    }

    private async Task FillRecordAsync()
    {
        await Apps.Accounts.CreateApiKeyAsync(new() { Account = Name, Name = "sync", Permissions = { Permission.ContactsRead } });
        await CreateFieldAsync("score", Field.Types.Type.Number);
        for (var i = 1; i <= 10; i++)
        {
            await CreateContactAsync(new()
            {
                Email = $"{i}@{Name}.example",
                FirstName = "Ada",
                Consents = { new Consent { Channel = Channel.Email, State = Consent.Types.State.Subscribed, Source = "form" } },
            });
        }

        await UpdateContactAsync(new() { ContactId = 1, FirstName = "Grace" }, "first_name");
        await DeleteContactAsync(10);
        await Apps.Opportunities.CreatePipelineAsync(
            new() { Account = Name, Pipeline = new() { Name = "Sales", Stages = { new Stage { Name = "New" }, new Stage { Name = "Won" } } } });
        var deal = (await Apps.Opportunities.CreateOpportunityAsync(new()
        {
            Account = Name,
            Opportunity = new() { ContactId = 1, Name = "Deal", PipelineId = 1, StageId = 1, Status = Opportunity.Types.Status.Open, Amount = "9.50" },
            RequestId = "same",
        })).Opportunity;
        await Apps.Opportunities.UpdateOpportunityAsync(new()
        {
            Account = Name,
            Opportunity = new() { OpportunityId = deal.OpportunityId, StageId = 2 },
            UpdateMask = new FieldMask { Paths = { "stage_id" } },
        });
        using var import = Apps.Imports.Import();
        await import.RequestStream.WriteAsync(new() { Account = Name, Options = new() { ExternalIdColumn = "id" } });
        await import.RequestStream.WriteAsync(new() { Data = ByteString.CopyFromUtf8("id,email,city\na,a@x.example,Vienna\nb,b@x.example,Graz\n") });
        await import.RequestStream.CompleteAsync();
        await import.ResponseStream.ReadAllAsync().CountAsync();
    }

    private async Task FillTagsAsync()
    {
        await Apps.Tags.AddTagsAsync(new() { Account = Name, ContactId = 1, TagNames = { "Hot" }, CreateMissing = true, RequestId = "same" });
        var tag = await NewTagAsync("Customer");
        await Apps.Tags.AddTagsAsync(
            new() { Account = Name, ContactId = 2, TagIds = { tag }, ExpireTime = DateTime.UtcNow.AddDays(1).ToTimestamp() });
        var bulk = new BulkService.BulkServiceClient(Apps.Channel(Service.Tags));
        var operation = (await bulk.StartBulkOperationAsync(new() { Account = Name, Contacts = new() { Matching = s_everyone }, AddTagIds = { tag } })).Operation;
        await Eventually.ReadAsync(
            async () => (await bulk.GetBulkOperationAsync(new() { Account = Name, OperationId = operation.OperationId })).Operation,
            now => now.State is BulkOperation.Types.State.Succeeded);
        var governance = new GovernanceService.GovernanceServiceClient(Apps.Channel(Service.Tags));
        await governance.SetNamingPolicyAsync(new() { Account = Name, Policy = new() { Mode = NamingPolicy.Types.Mode.Warn } });
        await Apps.Segments.CreateSegmentAsync(new() { Account = Name, Segment = new() { Name = "Hot ones" }, Text = "has tag \"Hot\"", RequestId = "same" });
        await Apps.SmartLists.CreateSmartListAsync(new() { Account = Name, SmartList = new() { Name = "List", Columns = { "email" } }, Text = "everyone" });
        await FillRedisAsync();
    }

    private async Task FillWorkflowsAsync()
    {
        var workflow = (await Apps.Workflows.CreateWorkflowAsync(new()
        {
            Account = Name,
            Yaml = "name: Greeting\ntriggers:\n- tag: {tags: [Hot]}\nnodes:\n- id: a\n  wait: {period: 1 days}\n",
            RequestId = "same",
        })).Workflow;
        await Apps.Workflows.PublishWorkflowAsync(new() { Account = Name, WorkflowId = workflow.WorkflowId });
        await Apps.Workflows.EnrolContactsAsync(new() { Account = Name, WorkflowId = workflow.WorkflowId, Source = s_everyone, RequestId = "enrol" });
        await Apps.Workflows.GetWebhookSecretAsync(new() { Account = Name });
        await Eventually.ReadAsync(
            async () => (await Apps.Workflows.ListRunsAsync(new() { Account = Name })).Runs,
            runs => runs.Count == LivingContacts && runs.All(run => run.State is Run.Types.State.Waiting));
    }

    private async Task FillMessagesAsync()
    {
        await Apps.Activity.RecordActivitiesAsync(new()
        {
            Account = Name,
            Activities = { new Activity { ContactId = 1, Kind = Activity.Types.Kind.Custom, EventName = "Signed Up", DedupeKey = "key" } },
            RequestId = "same",
        });
        foreach (var address in new[] { "gone@x.example", "back@x.example" })
        {
            await Apps.Activity.AddSuppressionAsync(new()
            {
                Account = Name,
                Suppression = new() { Channel = Channel.Email, Address = address, Reason = Suppression.Types.Reason.Manual, Source = "list" },
            });
        }

        await Apps.Activity.RemoveSuppressionAsync(new() { Account = Name, Channel = Channel.Email, Address = "back@x.example", Proof = "letter" });
        var message = new Message { FromAddress = "news@sender.example.com", Subject = "Hello", Text = "Hello {{ contact.first_name }}" };
        var single = await Apps.Messages.SendMessageAsync(new() { Account = Name, RequestId = "one", ContactId = 1, Channel = Channel.Email, Message = message });
        var campaign = (await Apps.Campaigns.CreateCampaignAsync(new()
        {
            Account = Name,
            Campaign = new() { Name = "News", Channel = Channel.Email, Message = message, MessagesPerMinute = 6_000, Audience = new() { Include = { s_everyone } } },
        })).Campaign;
        await Apps.Campaigns.SendCampaignAsync(new() { Account = Name, CampaignId = campaign.CampaignId });
        await Eventually.ReadAsync(
            async () => (await Apps.Campaigns.GetCampaignAsync(new() { Account = Name, CampaignId = campaign.CampaignId })).Campaign.State,
            state => state is Campaign.Types.State.Sent);
        await Eventually.ReadAsync(
            async () => (await Apps.Messages.GetMessageAsync(new() { Account = Name, MessageId = single.MessageId })).Recipient.State,
            state => state is Recipient.Types.State.Accepted);
    }

    // An erasure goes on after its call: it takes tags away, which is a change like any other.
    private async Task EraseContactAsync()
    {
        await Apps.Contacts.EraseContactAsync(new() { Account = Name, ContactId = 9, RequestId = "erase" });
        await Eventually.ReadAsync(
            async () => (await Apps.Contacts.ListErasuresAsync(new() { Account = Name, Unfinished = true })).Erasures.Count, unfinished => unfinished == 0);
    }
}
