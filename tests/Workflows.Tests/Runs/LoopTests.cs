using Crm.Errors.V1;
using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.Testing;
using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Tests.Runs;

public sealed class LoopTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private const string Ping = "{name: Ping, triggers: [{tag: {tags: [A]}}], nodes: [{id: off, remove_tag: {tag: A}, next: on}, {id: on, add_tag: {tag: B}}]}";
    private const string Pong = "{name: Pong, triggers: [{tag: {tags: [B]}}], nodes: [{id: off, remove_tag: {tag: B}, next: on}, {id: on, add_tag: {tag: A}}]}";

    [Fact]
    public async Task A_possible_loop_is_shown_at_publication_with_its_path_and_needs_acceptance()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "A", "B");
        await crm.PublishAsync(Ping);

        var error = await Expect.FailureAsync(() => crm.PublishAsync(Pong));

        error.Is(StatusCode.FailedPrecondition, ErrorReason.WorkflowLoop);
        Assert.Equal("Pong > tag \"A\" added > Ping > tag \"B\" added > Pong", error.Metadata["path"]);
    }

    [Fact]
    public async Task An_accepted_loop_stops_at_the_first_repeat_and_says_so()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "A", "B");
        var contact = await crm.NewContactAsync();
        var ping = await crm.PublishAsync(Ping);
        var pong = await crm.PublishAsync(Pong, acceptLoops: true);

        await crm.AddTagAsync(contact, "A");

        var runs = await crm.WaitForRunsAsync(ping, contact, 2, State.Completed, State.LoopStopped);
        var stopped = Assert.Single(runs, run => run.State is State.LoopStopped);
        Assert.Equal([ping.WorkflowId, pong.WorkflowId], stopped.Cause.WorkflowChain);
        Assert.Contains("caused the event", stopped.Reason, StringComparison.Ordinal);
        await crm.WaitForRunAsync(pong, contact, State.Completed);
    }

    [Fact]
    public async Task What_a_run_does_carries_the_run_and_the_chain_as_its_cause()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "A", "B");
        var contact = await crm.NewContactAsync();
        var ping = await crm.PublishAsync(Ping);

        await crm.AddTagAsync(contact, "A");

        var run = await crm.WaitForRunAsync(ping, contact, State.Completed);
        var events = (await crm.Apps.Tags.ListTagEventsAsync(new() { Account = crm.Name, ContactId = contact })).Events;
        Assert.Equal(Crm.Common.V1.Cause.Types.Kind.Workflow, events[0].Cause.Kind);
        Assert.Equal((run.RunId, "on"), (events[0].Cause.Id, events[0].Cause.Detail));
        Assert.Equal([ping.WorkflowId], events[0].Cause.WorkflowChain);
    }
}
