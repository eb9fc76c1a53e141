using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;
using TagSegments.Workflows.Tests.Runs;
using State = Crm.Workflows.V1.Workflow.Types.State;

namespace TagSegments.Workflows.Tests.Publication;

/// <summary>Finding 7: a workflow that would send mail to strangers is not published.</summary>
public sealed class Finding7Tests(SharedApps shared) : IClassFixture<SharedApps>
{
    private const string Yaml = """
        name: Alarm
        triggers: [{tag: {tags: [Start]}}]
        nodes:
        - {id: hook, notify: {webhook_url: 'https://hooks.example/x'}, next: sales}
        - {id: sales, notify: {email: Sales@acme.example, message: A hot lead}, next: boss}
        - {id: boss, notify: {email: boss@acme.example, message: A hot lead}}
        """;

    [Fact]
    public async Task A_workflow_is_published_when_everybody_whom_it_notifies_has_confirmed()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Start");
        var other = await WorkflowAccount.NewAsync(shared.Apps, "Start");
        await shared.Apps.AddToTeamAsync(other.Name, "sales@acme.example", "boss@acme.example");
        var workflow = await crm.CreateAsync(Yaml);

        await RefusedAsync(crm, workflow.WorkflowId, "workflow.definition.nodes[1].notify.email");
        await shared.Apps.AddToTeamAsync(crm.Name, "sales@acme.example");
        await RefusedAsync(crm, workflow.WorkflowId, "workflow.definition.nodes[2].notify.email");
        await shared.Apps.AddToTeamAsync(crm.Name, "boss@acme.example");

        var published = await shared.Apps.Workflows.PublishWorkflowAsync(new() { Account = crm.Name, WorkflowId = workflow.WorkflowId });
        Assert.Equal(State.Published, published.Workflow.State);
    }

    private async Task RefusedAsync(WorkflowAccount crm, string workflowId, string place)
    {
        var refused = await Expect.FailureAsync(
            StatusCode.FailedPrecondition,
            ErrorReason.AddressNotConfirmed,
            () => shared.Apps.Workflows.PublishWorkflowAsync(new() { Account = crm.Name, WorkflowId = workflowId }).ResponseAsync);
        Assert.Equal(place, refused.Metadata["field"]);
        Assert.Contains(place, refused.Message, StringComparison.Ordinal);
        var workflow = (await shared.Apps.Workflows.GetWorkflowAsync(new() { Account = crm.Name, WorkflowId = workflowId })).Workflow;
        Assert.Equal((State.Draft, 0), (workflow.State, workflow.PublishedVersion));
    }
}
