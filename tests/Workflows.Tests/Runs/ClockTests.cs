using Crm.Workflows.V1;
using TagSegments.Testing;
using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Tests.Runs;

/// <summary>A clock that jumps: waits end when the clock says so, each once.</summary>
public sealed class ClockTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private const int Contacts = 20;

    [Fact]
    public async Task A_clock_that_jumps_forward_ends_each_wait_once()
    {
        var (crm, workflow) = await WaitingAsync();

        await Clock.JumpAsync(crm.Apps, workflow, TimeSpan.FromDays(2));

        await AssertEachDoneOnceAsync(crm, workflow);
    }

    [Fact]
    public async Task A_clock_that_jumps_back_prolongs_waits_and_loses_none()
    {
        var (crm, workflow) = await WaitingAsync();

        await Clock.JumpAsync(crm.Apps, workflow, TimeSpan.FromDays(-2));
        await AssertStillWaitingAsync(crm, workflow);
        await Clock.JumpAsync(crm.Apps, workflow, TimeSpan.FromDays(4));

        await AssertEachDoneOnceAsync(crm, workflow);
    }

    [Fact]
    public async Task A_clock_that_jumps_to_and_fro_while_waits_end_doubles_none()
    {
        var (crm, workflow) = await WaitingAsync();

        for (var i = 0; i < 10; i++)
        {
            await Clock.JumpAsync(crm.Apps, workflow, TimeSpan.FromDays(1.1));
            await Clock.JumpAsync(crm.Apps, workflow, TimeSpan.FromDays(-1.1));
        }

        await Clock.JumpAsync(crm.Apps, workflow, TimeSpan.FromDays(2));
        await AssertEachDoneOnceAsync(crm, workflow);
    }

    private async Task<(WorkflowAccount Crm, Workflow Workflow)> WaitingAsync()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Start", "Later");
        var workflow = await crm.PublishAsync(
            "{name: W, triggers: [{tag: {tags: [Start]}}], nodes: [{id: pause, wait: {period: 1 day}, next: mark}, {id: mark, add_tag: {tag: Later}}]}");
        for (var i = 0; i < Contacts; i++)
        {
            await crm.NewContactAsync(null, "Start");
        }

        await crm.WaitForRunsAsync(workflow, 0, Contacts, State.Waiting);
        return (crm, workflow);
    }

    // A workflow that is published later acts on a later event: by then, any earlier due run has been found as well.
    private static async Task AssertStillWaitingAsync(WorkflowAccount crm, Workflow workflow)
    {
        var marker = await crm.PublishAsync("{name: Marker, triggers: [{tag: {change: removed, any: true}}], nodes: [{id: done, end: {}}]}");
        var contact = await crm.NewContactAsync(null, "Later");
        await crm.RemoveTagAsync(contact, "Later");
        await crm.WaitForRunAsync(marker, contact, State.Completed);
        await crm.WaitForRunsAsync(workflow, 0, Contacts, State.Waiting);
    }

    private static async Task AssertEachDoneOnceAsync(WorkflowAccount crm, Workflow workflow)
    {
        foreach (var run in await crm.WaitForRunsAsync(workflow, 0, Contacts, State.Completed))
        {
            Assert.Equal(["pause", "pause", "mark"], (await crm.HistoryAsync(run)).Select(step => step.NodeId));
        }

        var later = (await crm.Apps.Tags.GetTagAsync(new() { Account = crm.Name, Name = "Later" })).Tag;
        var events = await crm.Apps.Tags.ListTagEventsAsync(new() { Account = crm.Name, TagId = later.TagId, PageSize = 1_000 });
        Assert.Equal(Contacts, events.Events.Count(e => e.Cause.Kind is Crm.Common.V1.Cause.Types.Kind.Workflow));
    }
}
