using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.Workflows.Definitions;
using TagSegments.Workflows.Scheduling;

namespace TagSegments.Workflows.Runs;

/// <summary>The calls that read a run or change runs.</summary>
internal sealed class RunApi(AccountDirectory accounts, IdempotentWrites writes, RunStore runs, MovedRuns moves, DueWatch due)
    : WorkflowService.WorkflowServiceBase
{
    public override async Task<GetRunResponse> GetRun(GetRunRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return await runs.GetAsync(account.Id, Uuid.Read(request.RunId, "run_id"), context.CancellationToken);
    }

    public override async Task<CancelRunResponse> CancelRun(CancelRunRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await accounts.GetAsync(request.Account, ct);
        var id = Uuid.Read(request.RunId, "run_id");
        new FieldChecks().Require(request.Reason.Length <= 200, "reason", "is longer than 200 characters").ThrowIfAny();

        return await writes.RunAsync(account, context, request, async tx =>
            new CancelRunResponse { Run = await RunStore.CancelAsync(tx, account.Id, id, request.Reason, ct) });
    }

    public override async Task<ResumeRunResponse> ResumeRun(ResumeRunRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await accounts.GetAsync(request.Account, ct);
        var id = Uuid.Read(request.RunId, "run_id");

        var response = await writes.RunAsync(account, context, request, async tx =>
            new ResumeRunResponse { Run = await RunStore.ResumeAsync(tx, account.Id, id, ct) });
        due.Wake(account);
        return response;
    }

    public override async Task<MoveRunsResponse> MoveRuns(MoveRunsRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await accounts.GetAsync(request.Account, ct);
        var id = Uuid.Read(request.WorkflowId, "workflow_id");
        var nodeIds = await moves.NodesAsync(account.Id, id, request.ToVersion, ct);

        return await writes.RunAsync(account, context, request, tx => moves.MoveAsync(tx, account.Id, id, request, nodeIds, ct));
    }
}
