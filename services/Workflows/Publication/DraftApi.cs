using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.Workflows.Definitions;
using TagSegments.Workflows.Yaml;

namespace TagSegments.Workflows.Publication;

/// <summary>The calls that write drafts of workflows.</summary>
internal sealed class DraftApi(
    AccountDirectory accounts, IdempotentWrites writes, DraftReader drafts, LoopFinder loops)
    : WorkflowService.WorkflowServiceBase
{
    public override async Task<CreateWorkflowResponse> CreateWorkflow(CreateWorkflowRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await accounts.GetAsync(request.Account, ct);
        var draft = await drafts.ReadAsync(account, request.Workflow, request.Yaml, ct);

        return await writes.RunAsync(account, context, request, async tx =>
            new CreateWorkflowResponse { Workflow = await WorkflowStore.InsertAsync(tx, account, draft, ct) });
    }

    public override async Task<UpdateWorkflowResponse> UpdateWorkflow(UpdateWorkflowRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await accounts.GetAsync(request.Account, ct);
        var id = Uuid.Read(request.Workflow?.WorkflowId ?? "", "workflow.workflow_id");
        var draft = await drafts.ReadAsync(account, request.Workflow, request.Yaml, ct);
        draft.Revision = request.Workflow?.Revision ?? 0;

        return await writes.RunAsync(account, context, request, async tx =>
            new UpdateWorkflowResponse { Workflow = await WorkflowStore.UpdateAsync(tx, account, id, draft, ct) });
    }

    public override async Task<ParseWorkflowResponse> ParseWorkflow(ParseWorkflowRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        var workflow = await drafts.ReadAsync(account, null, request.Yaml, context.CancellationToken);

        workflow.Yaml = YamlWriter.Write(workflow);
        return new ParseWorkflowResponse
        {
            Workflow = workflow,
            Loops = { await loops.FindAsync(account, workflow, context.CancellationToken) },
            ClockChanges = { WaitClockChanges.Of(workflow.Definition, account, NodaTime.SystemClock.Instance.GetCurrentInstant()) },
        };
    }
}
