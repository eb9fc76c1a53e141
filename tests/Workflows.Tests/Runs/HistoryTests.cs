using Crm.Errors.V1;
using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.Testing;
using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Tests.Runs;

public sealed class HistoryTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Every_step_is_listed_by_contact_and_by_workflow()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Start", "Up", "Down");
        var (one, other) = (await crm.NewContactAsync(), await crm.NewContactAsync());
        var first = await crm.PublishAsync(
            "{name: First, triggers: [{tag: {tags: [Start]}}], nodes: [{id: up, add_tag: {tag: Up}, next: down}, {id: down, remove_tag: {tag: Down}}]}");
        var second = await crm.PublishAsync("{name: Second, triggers: [{tag: {tags: [Up]}}], nodes: [{id: done, end: {}}]}");
        foreach (var contact in new[] { one, other })
        {
            await crm.AddTagAsync(contact, "Start");
            await crm.WaitForRunAsync(first, contact, State.Completed);
            await crm.WaitForRunAsync(second, contact, State.Completed);
        }

        var ofContact = await StepsAsync(crm, new() { ContactId = one });
        var ofWorkflow = await StepsAsync(crm, new() { WorkflowId = first.WorkflowId });
        var byTime = await StepsAsync(crm, new() { ContactId = one, NewestFirst = true });
        var ofBoth = await StepsAsync(crm, new() { ContactId = one, WorkflowId = second.WorkflowId });

        Assert.Equal([("Second", "done"), ("First", "up"), ("First", "down")], ofContact.Select(step => (step.Workflow, step.Step.NodeId)));
        Assert.Equal([(other, "up"), (other, "down"), (one, "up"), (one, "down")], ofWorkflow.Select(step => (step.ContactId, step.Step.NodeId)));
        Assert.Equal(ofContact.OrderByDescending(step => step.Step.Time), byTime);
        Assert.Equal("done", Assert.Single(ofBoth).Step.NodeId);
        Assert.All(ofContact, step => Assert.NotNull(step.Step.Time));
    }

    [Fact]
    public async Task Runs_are_skipped_and_counted()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Start");
        var workflow = await crm.PublishAsync("{name: W, triggers: [{tag: {tags: [Start]}}], nodes: [{id: done, end: {}}]}");
        for (var i = 0; i < 6; i++)
        {
            await crm.NewContactAsync(null, "Start");
        }

        var all = (await crm.WaitForRunsAsync(workflow, 0, 6, State.Completed)).Select(run => run.RunId).ToList();
        var request = new ListRunsRequest { Account = crm.Name, States = { State.Completed }, Skip = 1, PageSize = 2, ShowTotal = true };
        var page = await crm.Apps.Workflows.ListRunsAsync(request);
        var later = await crm.Apps.Workflows.ListRunsAsync(new(request) { Skip = 1, PageToken = page.NextPageToken, ShowTotal = false });

        Assert.Equal(all[1..3], page.Runs.Select(run => run.RunId));
        Assert.Equal(all[4..], later.Runs.Select(run => run.RunId));
        Assert.Equal((6, 0), (page.Total, later.Total));
        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.InvalidField,
            async () => await crm.Apps.Workflows.ListRunsAsync(new(request) { Skip = 100_001 }),
            "skip");
    }

    [Fact]
    public async Task Steps_are_asked_for_by_contact_or_workflow()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps);

        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.InvalidField,
            async () => await crm.Apps.Workflows.ListStepsAsync(new() { Account = crm.Name }));
    }

    // One at a time, so that every place of the list is a border of pages.
    private static async Task<IReadOnlyList<RunStep>> StepsAsync(WorkflowAccount crm, ListStepsRequest request)
    {
        (request.Account, request.PageSize) = (crm.Name, 1);
        var steps = new List<RunStep>();
        do
        {
            var page = await crm.Apps.Workflows.ListStepsAsync(request);
            steps.AddRange(page.Steps);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return steps;
    }
}
