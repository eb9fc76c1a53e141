using Crm.Errors.V1;
using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.Testing;
using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Tests.Runs;

/// <summary>References of workflows to things that do not exist, or disappear in mid-run.</summary>
public sealed class BrokenReferenceTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Theory]
    [InlineData("nodes: [{id: a, add_tag: {tag: No Such}}]", "nodes[0].add_tag.tag")]
    [InlineData("nodes: [{id: a, remove_tag: {tag: No Such}}]", "nodes[0].remove_tag.tag")]
    [InlineData("nodes: [{id: a, end: {}}]\ntriggers: [{tag: {tags: [No Such]}}]", "triggers[0].tag.tags[0]")]
    [InlineData("nodes: [{id: a, end: {}}]\nexit_tags: [No Such]", "exit_tags[0]")]
    [InlineData("nodes: [{id: a, end: {}}]\ntriggers: [{segment_entered: {segment: No Such}}]", "triggers[0].segment_entered.segment")]
    [InlineData("nodes: [{id: a, end: {}}]\ntriggers: [{stage: {pipeline: Sales, stage: No Such}}]", "triggers[0].stage.stage")]
    [InlineData("nodes: [{id: a, set_field: {field: no_such, value: x}}]", "nodes[0].set_field")]
    [InlineData("nodes: [{id: a, move_opportunity: {pipeline: No, stage: Such}}]", "nodes[0].move_opportunity.stage")]
    [InlineData("nodes: [{id: a, go_to_workflow: {workflow: No Such}}]", "nodes[0].go_to_workflow.workflow")]
    [InlineData("nodes: [{id: a, branch: {branches: [{when: no_such = 3}]}}]", "nodes[0].branch.branches[0].when")]
    [InlineData("nodes: [{id: a, branch: {branches: [{when: in segment \"No Such\"}]}}]", "nodes[0].branch.branches[0].when")]
    [InlineData("nodes: [{id: a, wait: {until: {condition: has tag \"No Such\"}}}]", "nodes[0].wait.until.condition")]
    [InlineData("nodes: [{id: a, end: {}}]\ngoals: [has tag \"No Such\"]", "goals[0]")]
    [InlineData("nodes: [{id: a, notify: {webhook_url: 'http://127.0.0.1/x'}}]", "nodes[0].notify.webhook_url")]
    public async Task What_does_not_exist_is_refused_with_its_path_and_nothing_is_saved(string yaml, string path)
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps);

        var error = await Expect.FailureAsync(() => crm.CreateAsync($"name: W\n{yaml}"));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, path);
        Assert.StartsWith("line ", error.Violations[0].Description, StringComparison.Ordinal);
        Assert.Empty((await crm.Apps.Workflows.ListWorkflowsAsync(new() { Account = crm.Name })).Workflows);
    }

    [Fact]
    public async Task A_tag_of_a_published_workflow_is_deleted_only_if_forced_and_then_the_workflow_is_visibly_broken()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Start", "Mark");
        var workflow = await crm.PublishAsync(
            "{name: W, triggers: [{tag: {tags: [Start]}}], nodes: [{id: pause, wait: {period: 1 day}, next: mark}, {id: mark, add_tag: {tag: Mark}}]}");
        var contact = await crm.NewContactAsync(null, "Start");
        var run = await crm.WaitForRunAsync(workflow, contact, State.Waiting);
        var request = new Crm.Tags.V1.DeleteTagRequest { Account = crm.Name, TagId = await crm.TagIdAsync("Mark") };

        var refused = await Expect.FailureAsync(async () => await crm.Apps.Tags.DeleteTagAsync(request));
        Assert.Equal(ErrorReason.InUse, refused.Reason);
        Assert.Empty(await ProblemsAsync(crm, workflow));
        await crm.Apps.Tags.DeleteTagAsync(new(request) { Force = true });

        Assert.StartsWith("nodes[1].add_tag.tag: there is no tag", Assert.Single(await ProblemsAsync(crm, workflow)), StringComparison.Ordinal);
        await crm.Apps.Workflows.UpdateWorkflowAsync(new()
        {
            Account = crm.Name,
            Workflow = new() { WorkflowId = workflow.WorkflowId },
            Yaml = "{name: W, nodes: [{id: done, end: {}}]}",
        });
        // The draft is whole again, but the published version still counts.
        Assert.Single(await ProblemsAsync(crm, workflow));
        await Clock.MakeDueAsync(crm.Apps, run);
        var parked = await crm.WaitForRunAsync(workflow, contact, State.Parked);
        Assert.Contains("tag", parked.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_draft_whose_tag_was_deleted_is_not_published()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Mark");
        var workflow = await crm.CreateAsync("{name: W, nodes: [{id: mark, add_tag: {tag: Mark}}]}");
        await crm.Apps.Tags.DeleteTagAsync(new() { Account = crm.Name, TagId = await crm.TagIdAsync("Mark"), Force = true });

        var error = await Expect.FailureAsync(
            async () => await crm.Apps.Workflows.PublishWorkflowAsync(new() { Account = crm.Name, WorkflowId = workflow.WorkflowId }));

        Assert.Equal((ErrorReason.ReferenceMissing, "workflow.definition.nodes[0].add_tag.tag"), (error.Reason, error.Metadata["path"]));
    }

    [Fact]
    public async Task A_contact_that_is_merged_in_mid_run_leaves_and_the_merge_starts_nothing()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Start", "Mark");
        var workflow = await crm.PublishAsync(
            "{name: W, triggers: [{tag: {any: true}}], nodes: [{id: pause, wait: {period: 1 day}, next: mark}, {id: mark, add_tag: {tag: Mark}}]}",
            acceptLoops: true);
        var (stays, duplicate) = (await crm.NewContactAsync(), await crm.NewContactAsync(null, "Start"));
        var run = await crm.WaitForRunAsync(workflow, duplicate, State.Waiting);

        await crm.Apps.Contacts.MergeContactsAsync(new() { Account = crm.Name, ContactId = stays, DuplicateContactId = duplicate });

        var left = await crm.WaitForRunAsync(workflow, duplicate, State.Exited);
        Assert.Equal((run.RunId, "the contact was merged into another one"), (left.RunId, left.Reason));
        Assert.Equal(["Start"], await crm.TagsOfAsync(stays));
        // Both feeds are handled in order: an event after the merge shows that the merge started nothing.
        await crm.AddTagAsync(stays, "Mark");
        Assert.Equal("pause", (await crm.WaitForRunAsync(workflow, stays, State.Waiting)).NodeId);
    }

    private static async Task<IEnumerable<string>> ProblemsAsync(WorkflowAccount crm, Workflow workflow) =>
        (await crm.Apps.Workflows.GetWorkflowAsync(new() { Account = crm.Name, WorkflowId = workflow.WorkflowId })).Workflow.Problems;
}
