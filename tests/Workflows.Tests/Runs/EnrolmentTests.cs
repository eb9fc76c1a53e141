using Crm.Errors.V1;
using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.Testing;
using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Tests.Runs;

public sealed class EnrolmentTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private const string Waiting = "nodes: [{id: pause, wait: {period: 1 day}}]";

    [Theory]
    [InlineData("every_event", new[] { State.Waiting, State.Waiting })]
    [InlineData("one_at_a_time", new[] { State.Waiting, State.Declined })]
    [InlineData("once_ever", new[] { State.Waiting, State.Declined })]
    public async Task A_contact_is_enrolled_again_only_as_the_rule_says(string rule, State[] expected)
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Hot Lead");
        var contact = await crm.NewContactAsync();
        var workflow = await crm.PublishAsync($"{{name: W, reentry: {rule}, triggers: [{{tag: {{tags: [Hot Lead]}}}}], {Waiting}}}");

        await crm.AddTagAsync(contact, "Hot Lead");
        await crm.RemoveTagAsync(contact, "Hot Lead");
        await crm.AddTagAsync(contact, "Hot Lead");

        var runs = await crm.WaitForRunsAsync(workflow, contact, 2, State.Waiting, State.Declined);
        Assert.Equal(expected.Order(), runs.Select(run => run.State).Order());
    }

    [Fact]
    public async Task One_at_a_time_takes_the_contact_again_when_its_run_has_ended()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Hot Lead");
        var contact = await crm.NewContactAsync();
        var workflow = await crm.PublishAsync(
            "{name: W, reentry: one_at_a_time, triggers: [{tag: {tags: [Hot Lead]}}], nodes: [{id: done, end: {}}]}");

        await crm.AddTagAsync(contact, "Hot Lead");
        await crm.WaitForRunAsync(workflow, contact, State.Completed);
        await crm.RemoveTagAsync(contact, "Hot Lead");
        await crm.AddTagAsync(contact, "Hot Lead");

        await crm.WaitForRunsAsync(workflow, contact, 2, State.Completed);
    }

    [Fact]
    public async Task The_run_ends_when_the_contact_loses_an_exit_tag()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Hot Lead");
        var contact = await crm.NewContactAsync();
        var workflow = await crm.PublishAsync(
            $"{{name: W, triggers: [{{tag: {{tags: [Hot Lead]}}}}], exit_tags: [Hot Lead], {Waiting}}}");

        await crm.AddTagAsync(contact, "Hot Lead");
        await crm.WaitForRunAsync(workflow, contact, State.Waiting);
        await crm.RemoveTagAsync(contact, "Hot Lead");

        var run = await crm.WaitForRunAsync(workflow, contact, State.Exited);
        Assert.Contains("lost a tag", run.Reason, StringComparison.Ordinal);
        Assert.Null(run.DueTime);
    }

    [Fact]
    public async Task A_contact_that_is_deleted_leaves_and_starts_nothing()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Hot Lead");
        var contact = await crm.NewContactAsync();
        var workflow = await crm.PublishAsync($"{{name: W, triggers: [{{tag: {{any: true}}}}, {{tag: {{change: removed, any: true}}}}], {Waiting}}}");

        await crm.AddTagAsync(contact, "Hot Lead");
        await crm.WaitForRunAsync(workflow, contact, State.Waiting);
        await crm.Apps.Contacts.DeleteContactAsync(new() { Account = crm.Name, ContactId = contact });

        var run = await crm.WaitForRunAsync(workflow, contact, State.Exited);
        Assert.Equal("the contact was deleted", run.Reason);
    }

    [Fact]
    public async Task Existing_holders_are_enrolled_only_if_asked_with_the_count_first()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Hot Lead");
        var holders = new[] { await crm.NewContactAsync(null, "Hot Lead"), await crm.NewContactAsync(null, "Hot Lead") };
        await crm.NewContactAsync();
        var workflow = await crm.PublishAsync(
            $"{{name: W, reentry: once_ever, triggers: [{{tag: {{tags: [Hot Lead]}}}}], {Waiting}}}");
        Assert.Empty(await crm.RunsAsync(workflow));

        var request = new EnrolContactsRequest { Account = crm.Name, WorkflowId = workflow.WorkflowId, RequestId = "r1" };
        var dry = await crm.Apps.Workflows.EnrolContactsAsync(new(request) { DryRun = true, RequestId = "" });
        Assert.Empty(await crm.RunsAsync(workflow));
        var done = await crm.Apps.Workflows.EnrolContactsAsync(request);
        var repeated = await crm.Apps.Workflows.EnrolContactsAsync(request);
        var again = await crm.Apps.Workflows.EnrolContactsAsync(new(request) { RequestId = "r2" });

        Assert.Equal((2, 2, 0), (dry.Matching, dry.Enrolled, dry.Declined));
        Assert.Equal((2, 2, 0), (done.Matching, done.Enrolled, done.Declined));
        Assert.Equal(done, repeated);
        Assert.Equal((2, 0, 2), (again.Matching, again.Enrolled, again.Declined));
        foreach (var contact in holders)
        {
            await crm.WaitForRunsAsync(workflow, contact, 2, State.Waiting, State.Declined);
        }
    }

    [Fact]
    public async Task Contacts_that_match_can_be_left_out()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Hot Lead");
        var holders = new[] { await crm.NewContactAsync(null, "Hot Lead"), await crm.NewContactAsync(null, "Hot Lead") };
        var other = await crm.NewContactAsync();
        var workflow = await crm.PublishAsync($"{{name: W, triggers: [{{tag: {{tags: [Hot Lead]}}}}], {Waiting}}}");
        var request = new EnrolContactsRequest
        {
            Account = crm.Name,
            WorkflowId = workflow.WorkflowId,
            RequestId = "r1",
            ExcludeContactIds = { holders[0], other, 999, -1 },
        };

        var dry = await crm.Apps.Workflows.EnrolContactsAsync(new(request) { DryRun = true, RequestId = "" });
        var done = await crm.Apps.Workflows.EnrolContactsAsync(request);
        request.ExcludeContactIds.Add(Enumerable.Range(1, 10_000));

        Assert.Equal((1, 1, 0), (dry.Matching, dry.Enrolled, dry.Declined));
        Assert.Equal(dry, done);
        Assert.Equal(holders[1], Assert.Single(await crm.RunsAsync(workflow)).ContactId);
        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.InvalidField,
            async () => await crm.Apps.Workflows.EnrolContactsAsync(request),
            "exclude_contact_ids");
    }

    [Fact]
    public async Task A_repeated_enrolment_gets_its_answer_although_the_segment_is_gone()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Hot Lead");
        await crm.NewContactAsync(null, "Hot Lead");
        var segment = (await crm.Apps.Segments.CreateSegmentAsync(
            new() { Account = crm.Name, Segment = new() { Name = "Hot" }, Text = "has tag \"Hot Lead\"" })).Segment;
        var workflow = await crm.PublishAsync($"{{name: W, triggers: [{{tag: {{tags: [Hot Lead]}}}}], {Waiting}}}");
        var request = new EnrolContactsRequest
        {
            Account = crm.Name,
            WorkflowId = workflow.WorkflowId,
            RequestId = "r1",
            Source = new() { SegmentId = segment.SegmentId },
        };

        var done = await crm.Apps.Workflows.EnrolContactsAsync(request);
        await crm.Apps.Segments.DeleteSegmentAsync(new() { Account = crm.Name, SegmentId = segment.SegmentId });

        Assert.Equal(1, done.Enrolled);
        Assert.Equal(done, await crm.Apps.Workflows.EnrolContactsAsync(request));
    }

    [Fact]
    public async Task A_run_stays_on_the_version_that_it_started_with()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Hot Lead");
        var (first, second) = (await crm.NewContactAsync(), await crm.NewContactAsync());
        var workflow = await crm.PublishAsync($"{{name: W, triggers: [{{tag: {{tags: [Hot Lead]}}}}], {Waiting}}}");
        await crm.AddTagAsync(first, "Hot Lead");
        await crm.WaitForRunAsync(workflow, first, State.Waiting);

        await crm.Apps.Workflows.UpdateWorkflowAsync(new()
        {
            Account = crm.Name,
            Workflow = new() { WorkflowId = workflow.WorkflowId, Revision = workflow.Revision },
            Yaml = "{name: W, triggers: [{tag: {tags: [Hot Lead]}}], nodes: [{id: done, end: {}}]}",
        });
        var published = await crm.Apps.Workflows.PublishWorkflowAsync(new() { Account = crm.Name, WorkflowId = workflow.WorkflowId });
        await crm.AddTagAsync(second, "Hot Lead");

        Assert.Equal(2, published.Workflow.PublishedVersion);
        Assert.Equal(2, (await crm.WaitForRunAsync(workflow, second, State.Completed)).Version);
        Assert.Equal(1, (await crm.WaitForRunAsync(workflow, first, State.Waiting)).Version);
    }

    [Fact]
    public async Task Nothing_starts_before_publication_and_after_its_end()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "A", "B", "C");
        var contact = await crm.NewContactAsync();
        var draft = await crm.CreateAsync("{name: W, triggers: [{tag: {any: true}}], nodes: [{id: done, end: {}}]}");
        await crm.AddTagAsync(contact, "A");
        await crm.Apps.Workflows.PublishWorkflowAsync(new() { Account = crm.Name, WorkflowId = draft.WorkflowId });
        await crm.AddTagAsync(contact, "B");
        await crm.WaitForRunAsync(draft, contact, State.Completed);
        await crm.Apps.Workflows.UnpublishWorkflowAsync(new() { Account = crm.Name, WorkflowId = draft.WorkflowId });
        await crm.AddTagAsync(contact, "C");

        // A workflow that was published later sees the later event: by then the event before it was handled.
        var marker = await crm.PublishAsync("{name: Marker, triggers: [{tag: {change: removed, any: true}}], nodes: [{id: done, end: {}}]}");
        await crm.RemoveTagAsync(contact, "C");
        await crm.WaitForRunAsync(marker, contact, State.Completed);
        Assert.Single(await crm.RunsAsync(draft));
    }
}
