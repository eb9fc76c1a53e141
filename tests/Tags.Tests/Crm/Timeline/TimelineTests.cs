using Crm.Activity.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Tags.Tests.Crm.Imports;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Crm.Timeline;

public sealed class TimelineTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Tells_of_the_contact_its_tags_and_what_it_did_newest_first()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await Importer.RunAsync(account.Apps, account.Name, new() { ExternalIdColumn = "id" }, "id\na\nb\n");
        await account.Apps.Tags.AddTagsAsync(new() { Account = account.Name, ContactId = 1, TagNames = { "VIP" }, CreateMissing = true });
        await account.UpdateContactAsync(new() { ContactId = 1, FirstName = "Ada" });
        await new ActivityService.ActivityServiceClient(account.Apps.Channel(Service.Campaigns)).RecordActivitiesAsync(new()
        {
            Account = account.Name,
            Activities = { new Activity { ContactId = 1, Kind = Activity.Types.Kind.Opened, Time = Timestamp.FromDateTime(DateTime.UtcNow.AddDays(-1)) } },
        });
        await account.CreateContactAsync(new());

        var entries = await ReadAsync(account, 1, pageSize: 10);
        var paged = await ReadAsync(account, 1, pageSize: 1);

        Assert.Equal(
            [TimelineEntry.WhatOneofCase.Contact, TimelineEntry.WhatOneofCase.Tag, TimelineEntry.WhatOneofCase.Contact, TimelineEntry.WhatOneofCase.Activity],
            entries.Select(entry => entry.WhatCase));
        Assert.Equal([ContactEvent.Types.Kind.Updated, ContactEvent.Types.Kind.Created], entries.Where(e => e.Contact is not null).Select(e => e.Contact.Kind));
        Assert.Equal(Cause.Types.Kind.Import, entries[2].Contact.Cause.Kind);
        Assert.Equal(entries, paged);
    }

    [Fact]
    public async Task Tells_of_each_step_of_a_workflow_run()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateContactAsync(new());
        await account.Apps.Tags.CreateTagAsync(new() { Account = account.Name, Tag = new() { Name = "Start" } });
        var workflow = (await account.Apps.Workflows.CreateWorkflowAsync(new()
        {
            Account = account.Name,
            Yaml = "{name: Greet, triggers: [{tag: {tags: [Start]}}], nodes: [{id: name, set_field: {field: first_name, value: Ada}, next: last}, {id: last, end: {}}]}",
        })).Workflow;
        await account.Apps.Workflows.PublishWorkflowAsync(new() { Account = account.Name, WorkflowId = workflow.WorkflowId });
        await account.Apps.Tags.AddTagsAsync(new() { Account = account.Name, ContactId = 1, TagNames = { "Start" } });

        var steps = await StepsAsync(account, 2);

        Assert.Equal(["last", "name"], steps.Select(entry => entry.Step.Step.NodeId));
        Assert.All(steps, entry => Assert.Equal(("Greet", entry.Time), (entry.Step.Workflow, entry.Step.Step.Time)));
    }

    [Fact]
    public async Task Refuses_an_unknown_contact()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => ReadAsync(account, 7, 10));
    }

    private static Task<List<TimelineEntry>> StepsAsync(TestAccount account, int count) => Eventually.ReadAsync(
        async () => (await ReadAsync(account, 1, pageSize: 1)).FindAll(entry => entry.Step is not null),
        steps => steps.Count >= count,
        $"{count} steps in the timeline");

    private static async Task<List<TimelineEntry>> ReadAsync(TestAccount account, int contactId, int pageSize)
    {
        var request = new ListContactTimelineRequest { Account = account.Name, ContactId = contactId, PageSize = pageSize };
        var entries = new List<TimelineEntry>();
        do
        {
            var page = await account.Apps.Contacts.ListContactTimelineAsync(request);
            entries.AddRange(page.Entries);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return entries;
    }
}
