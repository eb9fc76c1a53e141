using Crm.Errors.V1;
using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.Testing;
using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Tests.Runs;

/// <summary>The list of versions, and the end of workflows.</summary>
public sealed class VersionTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private const string Waiting = "{name: W, triggers: [{tag: {tags: [Start]}}], nodes: [{id: pause, wait: {period: 1 day}}]}";

    [Fact]
    public async Task Versions_are_listed_with_their_times_and_the_runs_on_them()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Start");
        var contact = await crm.NewContactAsync();
        var workflow = await crm.PublishAsync(Waiting);
        await crm.AddTagAsync(contact, "Start");
        await crm.WaitForRunAsync(workflow, contact, State.Waiting);
        await crm.Apps.Workflows.UpdateWorkflowAsync(new()
        {
            Account = crm.Name,
            Workflow = new() { WorkflowId = workflow.WorkflowId },
            Yaml = "{name: W, nodes: [{id: done, end: {}}]}",
        });
        await crm.Apps.Workflows.PublishWorkflowAsync(new() { Account = crm.Name, WorkflowId = workflow.WorkflowId });

        var request = new ListWorkflowVersionsRequest { Account = crm.Name, WorkflowId = workflow.WorkflowId, PageSize = 1 };
        var newest = await crm.Apps.Workflows.ListWorkflowVersionsAsync(request);
        var oldest = await crm.Apps.Workflows.ListWorkflowVersionsAsync(new(request) { PageToken = newest.NextPageToken });

        var (second, first) = (Assert.Single(newest.Versions), Assert.Single(oldest.Versions));
        Assert.Equal((2, 0, null), (second.Version, second.ActiveRuns, second.EndTime));
        Assert.Equal((1, 1, second.PublishTime), (first.Version, first.ActiveRuns, first.EndTime));
        Assert.Equal("", oldest.NextPageToken);
        var got = await crm.Apps.Workflows.GetWorkflowAsync(new() { Account = crm.Name, WorkflowId = workflow.WorkflowId, Version = 1 });
        Assert.Equal("pause", got.Workflow.Definition.Nodes[0].Id);
    }

    [Fact]
    public async Task A_workflow_in_use_is_deleted_only_if_forced_and_its_runs_end()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Start");
        var contact = await crm.NewContactAsync();
        var workflow = await crm.PublishAsync(Waiting);
        await crm.AddTagAsync(contact, "Start");
        await crm.WaitForRunAsync(workflow, contact, State.Waiting);

        await AssertInUseAsync(crm, workflow, "is published");
        await crm.Apps.Workflows.UnpublishWorkflowAsync(new() { Account = crm.Name, WorkflowId = workflow.WorkflowId });
        await AssertInUseAsync(crm, workflow, "has 1 runs under way");
        var request = new DeleteWorkflowRequest { Account = crm.Name, WorkflowId = workflow.WorkflowId, Force = true, RequestId = "r1" };
        var deleted = await crm.Apps.Workflows.DeleteWorkflowAsync(request);
        var repeated = await crm.Apps.Workflows.DeleteWorkflowAsync(request);

        Assert.Equal(1, deleted.CancelledRuns);
        Assert.Equal(deleted, repeated);
        Assert.Equal(State.Cancelled, Assert.Single(await crm.RunsAsync(workflow, contact)).State);
        Assert.Empty((await crm.Apps.Workflows.ListWorkflowsAsync(new() { Account = crm.Name })).Workflows);
        Assert.Single((await crm.Apps.Workflows.ListWorkflowVersionsAsync(new() { Account = crm.Name, WorkflowId = workflow.WorkflowId })).Versions);
        await Expect.FailureAsync(
            StatusCode.NotFound,
            ErrorReason.NotFound,
            () => crm.Apps.Workflows.GetWorkflowAsync(new() { Account = crm.Name, Name = "W" }).ResponseAsync);
        // The name is free again, and the old workflow starts nothing.
        var other = await crm.PublishAsync(Waiting);
        await crm.RemoveTagAsync(contact, "Start");
        await crm.AddTagAsync(contact, "Start");
        await crm.WaitForRunAsync(other, contact, State.Waiting);
        Assert.Single(await crm.RunsAsync(workflow, contact));
    }

    [Fact]
    public async Task A_workflow_that_others_go_to_is_deleted_only_if_forced_and_then_they_say_so()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Start");
        var target = await crm.CreateAsync("{name: Target, nodes: [{id: done, end: {}}]}");
        var start = await crm.CreateAsync("{name: Start, nodes: [{id: go, go_to_workflow: {workflow: Target}}]}");

        await AssertInUseAsync(crm, target, "is the target of \"Start\"");
        await crm.Apps.Workflows.DeleteWorkflowAsync(new() { Account = crm.Name, WorkflowId = target.WorkflowId, Force = true });

        var broken = await crm.Apps.Workflows.GetWorkflowAsync(new() { Account = crm.Name, WorkflowId = start.WorkflowId });
        Assert.StartsWith("nodes[0].go_to_workflow.workflow: ", Assert.Single(broken.Workflow.Problems), StringComparison.Ordinal);
    }

    private static async Task AssertInUseAsync(WorkflowAccount crm, Workflow workflow, string reason)
    {
        var error = await Expect.FailureAsync(
            StatusCode.FailedPrecondition,
            ErrorReason.InUse,
            () => crm.Apps.Workflows.DeleteWorkflowAsync(new() { Account = crm.Name, WorkflowId = workflow.WorkflowId }).ResponseAsync);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains((await crm.Apps.Workflows.ListWorkflowsAsync(new() { Account = crm.Name })).Workflows, w => w.WorkflowId == workflow.WorkflowId);
    }
}
