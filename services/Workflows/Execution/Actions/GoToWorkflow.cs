using Crm.Errors.V1;
using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.Workflows.Enrolment;

namespace TagSegments.Workflows.Execution.Actions;

/// <summary>Enrols the contact into another workflow. The run's id and step serve as the event, so a repetition enrols nobody twice.</summary>
internal sealed class GoToWorkflow(Enroller enroller, TimeProvider time) : INodeAction
{
    public IReadOnlyList<Node.ActionOneofCase> Kinds => [Node.ActionOneofCase.GoToWorkflow];

    public async Task<ActionOutcome> RunAsync(AccountInfo account, Node node, ActiveRun run, CancellationToken ct)
    {
        var target = node.GoToWorkflow;
        var e = new FeedEvent($"run/{run.RunId}/{run.Step}", run.ContactId, time.GetUtcNow().UtcDateTime) { Cause = run.Cause };
        var counts = await enroller.EnrolAsync(account.Id, Guid.Parse(target.WorkflowId), [e], ct)
            ?? throw RpcErrors.Create(
                StatusCode.FailedPrecondition,
                ErrorReason.WrongState,
                $"The workflow \"{target.Workflow}\" is not published.",
                ("resource", "workflow"),
                ("id", target.WorkflowId));
        return counts.Declined > 0
            ? new($"\"{target.Workflow}\" did not take the contact; its runs say why", IsSkipped: true)
            : new($"enrolled into \"{target.Workflow}\"");
    }
}
