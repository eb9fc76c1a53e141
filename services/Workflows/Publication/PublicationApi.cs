using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.Workflows.Definitions;

namespace TagSegments.Workflows.Publication;

/// <summary>The calls that publish workflows and take them back.</summary>
internal sealed class PublicationApi(AccountDirectory accounts, Publisher publisher, Withdrawal withdrawal) : WorkflowService.WorkflowServiceBase
{
    public override async Task<PublishWorkflowResponse> PublishWorkflow(PublishWorkflowRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return await publisher.PublishAsync(account, Uuid.Read(request.WorkflowId, "workflow_id"), request, context);
    }

    public override async Task<UnpublishWorkflowResponse> UnpublishWorkflow(UnpublishWorkflowRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return await withdrawal.UnpublishAsync(account, Uuid.Read(request.WorkflowId, "workflow_id"), request, context);
    }

    public override async Task<DeleteWorkflowResponse> DeleteWorkflow(DeleteWorkflowRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return await withdrawal.DeleteAsync(account, Uuid.Read(request.WorkflowId, "workflow_id"), request, context);
    }
}
