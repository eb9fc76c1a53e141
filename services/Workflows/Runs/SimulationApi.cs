using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.Workflows.Definitions;

namespace TagSegments.Workflows.Runs;

/// <summary>The call that shows how a workflow would treat a contact.</summary>
internal sealed class SimulationApi(
    AccountDirectory accounts, WorkflowStore workflows, VersionStore versions, Simulator simulator, ManualEnrolment enrolment)
    : WorkflowService.WorkflowServiceBase
{
    public override async Task<SimulateWorkflowResponse> SimulateWorkflow(SimulateWorkflowRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await accounts.GetAsync(request.Account, ct);
        var id = Uuid.Read(request.WorkflowId, "workflow_id");
        var workflow = await workflows.FindAsync(account.Id, id, "", ct) ?? throw RpcErrors.NotFound("workflow", request.WorkflowId);
        var definition = request.Version == 0
            ? workflow.Definition
            : await versions.FindAsync(account.Id, id, request.Version, ct)
                ?? throw RpcErrors.NotFound("workflow version", $"{id}/{request.Version}");

        var response = await simulator.RunAsync(account, definition, request.ContactId, ct);
        response.Entry = await enrolment.EntryAsync(account.Id, id, definition, request.ContactId, ct);
        return response;
    }
}
