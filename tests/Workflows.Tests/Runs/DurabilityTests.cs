using Crm.Errors.V1;
using Crm.Workflows.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using TagSegments.Testing;
using TagSegments.Workflows.Tests.Notifications;
using Outcome = Crm.Workflows.V1.Step.Types.Outcome;
using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Tests.Runs;

public sealed class DurabilityTests : IAsyncLifetime
{
    private TestApps _apps = null!;

    public async Task InitializeAsync() => _apps = await TestApps.StartAsync(new TestAppsOptions
    {
        Settings = new Dictionary<string, string?>
        {
            ["Egress:AllowedNetworks:0"] = "127.0.0.0/8",
            ["Retries:FirstMilliseconds"] = "10",
            ["Retries:Attempts"] = "3",
            ["SegmentWatch:Seconds"] = "1",
        },
    });

    public async Task DisposeAsync() => await _apps.DisposeAsync();

    [Fact]
    public async Task Every_event_starts_exactly_one_run_across_restarts()
    {
        var crm = await WorkflowAccount.NewAsync(_apps, "Hot Lead", "Seen");
        var workflow = await crm.PublishAsync(
            "{name: W, triggers: [{tag: {tags: [Hot Lead]}}], nodes: [{id: mark, add_tag: {tag: Seen}}]}");
        var contacts = new List<int>();
        for (var round = 0; round < 4; round++)
        {
            for (var i = 0; i < 10; i++)
            {
                contacts.Add(await crm.NewContactAsync(null, "Hot Lead"));
            }

            await _apps.StopAsync(Service.Workflows);
            contacts.Add(await crm.NewContactAsync(null, "Hot Lead"));
            await _apps.StartAsync(Service.Workflows);
        }

        var runs = await crm.WaitForRunsAsync(workflow, 0, contacts.Count, State.Completed);
        Assert.Equal(contacts.Order(), runs.Select(run => run.ContactId).Order());
    }

    [Fact]
    public async Task A_failing_webhook_is_tried_again_then_parked_and_can_be_resumed()
    {
        await using var receiver = await HookReceiver.StartAsync();
        receiver.Answer = call => call <= 3 ? Results.StatusCode(500) : Results.NoContent();
        var crm = await WorkflowAccount.NewAsync(_apps, "Start");
        var contact = await crm.NewContactAsync();
        var workflow = await crm.PublishAsync(
            $"{{name: W, triggers: [{{tag: {{tags: [Start]}}}}], nodes: [{{id: tell, notify: {{webhook_url: '{receiver.Url}', message: A hot lead}}}}]}}");
        await crm.AddTagAsync(contact, "Start");

        var parked = await crm.WaitForRunAsync(workflow, contact, State.Parked);
        Assert.Equal("The webhook answered 500.", parked.Reason);
        var listed = await _apps.Workflows.ListRunsAsync(new() { Account = crm.Name, States = { State.Parked } });
        Assert.Equal(parked.RunId, Assert.Single(listed.Runs).RunId);
        await _apps.Workflows.ResumeRunAsync(new() { Account = crm.Name, RunId = parked.RunId });

        var run = await crm.WaitForRunAsync(workflow, contact, State.Completed);
        var steps = await crm.HistoryAsync(run);
        Assert.Equal([Outcome.Failed, Outcome.Failed, Outcome.Parked, Outcome.Done], steps.Select(step => step.Outcome));
        Assert.Single(receiver.Deliveries.Select(delivery => delivery.Id).Distinct());
        await Expect.FailureAsync(
            StatusCode.FailedPrecondition,
            ErrorReason.WrongState,
            async () => await _apps.Workflows.ResumeRunAsync(new() { Account = crm.Name, RunId = run.RunId }));
    }

    [Fact]
    public async Task A_contact_that_is_deleted_while_its_run_goes_on_leaves_with_the_reason()
    {
        await using var receiver = await HookReceiver.StartAsync();
        var crm = await WorkflowAccount.NewAsync(_apps, "Start", "Mark");
        var contact = await crm.NewContactAsync();
        // Deletes the contact in the middle of the run, before any service can know of it.
        receiver.Answer = _ =>
        {
            _apps.Contacts.DeleteContact(new() { Account = crm.Name, ContactId = contact });
            return Results.NoContent();
        };
        var workflow = await crm.PublishAsync(
            $"{{name: W, triggers: [{{tag: {{tags: [Start]}}}}], nodes: [{{id: tell, notify: {{webhook_url: '{receiver.Url}'}}, next: mark}}, {{id: mark, add_tag: {{tag: Mark}}}}]}}");

        await crm.AddTagAsync(contact, "Start");

        Assert.Equal("the contact was deleted", (await crm.WaitForRunAsync(workflow, contact, State.Exited)).Reason);
    }

    [Fact]
    public async Task A_contact_that_comes_into_a_segment_starts_a_workflow()
    {
        var crm = await WorkflowAccount.NewAsync(_apps, "VIP");
        await _apps.Segments.CreateSegmentAsync(new() { Account = crm.Name, Segment = new() { Name = "Important" }, Text = "has tag \"VIP\"" });
        var before = await crm.NewContactAsync(null, "VIP");
        var workflow = await crm.PublishAsync(
            "{name: W, triggers: [{segment_entered: {segment: Important}}], nodes: [{id: done, end: {}}]}");

        var after = await crm.NewContactAsync(null, "VIP");

        await crm.WaitForRunAsync(workflow, after, State.Completed);
        Assert.Empty(await crm.RunsAsync(workflow, before));
    }

    [Fact]
    public async Task A_loop_over_a_segment_stops_at_its_first_repeat()
    {
        var crm = await WorkflowAccount.NewAsync(_apps, "VIP");
        await _apps.Segments.CreateSegmentAsync(new() { Account = crm.Name, Segment = new() { Name = "Important" }, Text = "has tag \"VIP\"" });
        var workflow = await crm.PublishAsync(
            """
            name: W
            triggers: [{segment_entered: {segment: Important}}]
            nodes:
            - {id: off, remove_tag: {tag: VIP}, next: pause}
            - {id: pause, wait: {period: 1 day}, next: on}
            - {id: on, add_tag: {tag: VIP}}
            """,
            acceptLoops: true);
        var contact = await crm.NewContactAsync(null, "VIP");
        var run = await crm.WaitForRunAsync(workflow, contact, State.Waiting);
        await WaitForLooksAsync(crm, 2);

        await Clock.MakeDueAsync(_apps, run);

        var runs = await crm.WaitForRunsAsync(workflow, contact, 2, State.Completed, State.LoopStopped);
        Assert.Equal([workflow.WorkflowId], runs.Single(r => r.State is State.LoopStopped).Cause.WorkflowChain);
        // By another way into it the contact starts again.
        await crm.RemoveTagAsync(contact, "VIP");
        await WaitForLooksAsync(crm, 2);
        await crm.AddTagAsync(contact, "VIP");
        await crm.WaitForRunsAsync(workflow, contact, 3, State.Completed, State.LoopStopped, State.Waiting);
    }

    [Fact]
    public async Task A_segment_that_is_broken_does_not_keep_others_from_being_looked_at()
    {
        var crm = await WorkflowAccount.NewAsync(_apps, "Gone", "VIP");
        foreach (var (name, tag) in new[] { ("A Broken", "Gone"), ("B Whole", "VIP") })
        {
            await _apps.Segments.CreateSegmentAsync(new() { Account = crm.Name, Segment = new() { Name = name }, Text = $"has tag \"{tag}\"" });
        }

        var workflow = await crm.PublishAsync(
            "{name: W, triggers: [{segment_entered: {segment: A Broken}}, {segment_entered: {segment: B Whole}}], nodes: [{id: done, end: {}}]}");
        await _apps.Tags.DeleteTagAsync(new() { Account = crm.Name, TagId = await crm.TagIdAsync("Gone"), Force = true });

        var contact = await crm.NewContactAsync(null, "VIP");

        await crm.WaitForRunAsync(workflow, contact, State.Completed);
    }

    [Fact]
    public async Task Runs_are_moved_to_another_version_on_request()
    {
        var crm = await WorkflowAccount.NewAsync(_apps, "Start", "New");
        var contact = await crm.NewContactAsync();
        const string waiting = "{name: W, triggers: [{tag: {tags: [Start]}}], nodes: [{id: pause, wait: {period: 1 day}, next: end}, {id: end, end: {}}]}";
        var workflow = await crm.PublishAsync(waiting);
        await crm.AddTagAsync(contact, "Start");
        var run = await crm.WaitForRunAsync(workflow, contact, State.Waiting);
        await _apps.Workflows.UpdateWorkflowAsync(new()
        {
            Account = crm.Name,
            Workflow = new() { WorkflowId = workflow.WorkflowId },
            Yaml = "{name: W, nodes: [{id: pause, wait: {period: 1 day}, next: mark}, {id: mark, add_tag: {tag: New}}]}",
        });
        await _apps.Workflows.PublishWorkflowAsync(new() { Account = crm.Name, WorkflowId = workflow.WorkflowId });

        var request = new MoveRunsRequest { Account = crm.Name, WorkflowId = workflow.WorkflowId, FromVersion = 1, ToVersion = 2, DryRun = true };
        var dry = await _apps.Workflows.MoveRunsAsync(request);
        Assert.Equal(1, (await crm.WaitForRunAsync(workflow, contact, State.Waiting)).Version);
        var moved = await _apps.Workflows.MoveRunsAsync(new(request) { DryRun = false });
        await Clock.MakeDueAsync(_apps, run);

        Assert.Equal((1, 1), (dry.Moved, moved.Moved));
        Assert.Equal(2, (await crm.WaitForRunAsync(workflow, contact, State.Completed)).Version);
        Assert.Contains("New", await crm.TagsOfAsync(contact));
    }

    private static async Task WaitForLooksAsync(WorkflowAccount crm, int count)
    {
        var until = await LooksAsync() + count;
        await Eventually.ReadAsync(LooksAsync, looks => looks >= until, $"{until} looks at the segment");

        async Task<long> LooksAsync() => await Clock.ScalarAsync<long>(
            crm.Apps,
            "SELECT looks FROM workflows.segment_members AS m JOIN workflows.account AS a USING (account_id) WHERE a.name = $1",
            crm.Name);
    }
}
