using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.Workflows.Definitions;
using TagSegments.Workflows.Scheduling;

namespace TagSegments.Workflows.Runs;

/// <summary>The calls for runs and their histories.</summary>
internal sealed class RunApi(
    AccountDirectory accounts, IdempotentWrites writes, PageTokens pages, RunStore runs, MovedRuns moves, DueWatch due)
    : WorkflowService.WorkflowServiceBase
{
    public override async Task<ListRunsResponse> ListRuns(ListRunsRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var limit = PageSize.Read(request.PageSize);
        Guid? workflowId = request.WorkflowId.Length > 0 ? Uuid.Read(request.WorkflowId, "workflow_id") : null;
        var before = pages.Read(request) is { } position ? Guid.Parse(position) : (Guid?)null;

        var found = await runs.ListAsync(
            account.Id, workflowId, request.ContactId, [.. request.States.Select(state => (short)state)], before, limit + 1, context.CancellationToken);

        var page = found.Take(limit).ToList();
        return new ListRunsResponse
        {
            Runs = { page },
            NextPageToken = found.Count > limit ? pages.Create(request, page[^1].RunId) : "",
        };
    }

    public override async Task<ListStepsResponse> ListSteps(ListStepsRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var limit = PageSize.Read(request.PageSize);
        Guid? workflowId = request.WorkflowId.Length > 0 ? Uuid.Read(request.WorkflowId, "workflow_id") : null;
        new FieldChecks()
            .Require(request.ContactId > 0 || workflowId is not null, "contact_id", "is required, or workflow_id")
            .Require(!request.NewestFirst || request.ContactId > 0, "newest_first", "requires contact_id")
            .ThrowIfAny();
        var after = StepPlace.Parse(pages.Read(request));

        var found = await runs.ListStepsAsync(account.Id, request.ContactId, workflowId, request.NewestFirst, after, limit + 1, context.CancellationToken);

        var page = found.Take(limit).ToList();
        return new ListStepsResponse
        {
            Steps = { page },
            NextPageToken = found.Count > limit ? pages.Create(request, StepPlace.Of(page[^1]).ToString()) : "",
        };
    }

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
