using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.Workflows.Definitions;

namespace TagSegments.Workflows.Runs;

/// <summary>Serves the counts of runs, and runs and their steps page by page.</summary>
internal sealed class RunListApi(AccountDirectory accounts, PageTokens pages, RunStore runs, RunCounts counts, FairQueue turns)
    : WorkflowService.WorkflowServiceBase
{
    public override async Task<ListRunsResponse> ListRuns(ListRunsRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await accounts.GetAsync(request.Account, ct);
        var (limit, skip) = (PageSize.Read(request.PageSize), PageSize.ReadSkip(request.Skip));
        Guid? workflowId = request.WorkflowId.Length > 0 ? Uuid.Read(request.WorkflowId, "workflow_id") : null;
        new FieldChecks()
            .Require(request.Version >= 0, "version", "is negative")
            .Require(request.Version == 0 || workflowId is not null, "version", "requires workflow_id")
            .Require(request.NodeId.Length == 0 || workflowId is not null, "node_id", "requires workflow_id")
            .ThrowIfAny();
        var filter = new RunFilter(
            workflowId, request.Version, request.NodeId, request.ContactId, [.. request.States.Select(state => (short)state)]);
        var before = pages.Read(request) is { } position ? Guid.Parse(position) : (Guid?)null;

        // Others read an index to a place that they know.
        using var turn = skip > 0 || request.ShowTotal || request.NodeId.Length > 0 ? await turns.EnterAsync(account, ct) : null;
        var found = await runs.ListAsync(account.Id, filter, before, skip, limit + 1, ct);

        var page = found.Take(limit).ToList();
        return new ListRunsResponse
        {
            Runs = { page },
            NextPageToken = found.Count > limit ? pages.Create(request, page[^1].RunId) : "",
            Total = request.ShowTotal ? await runs.CountAsync(account.Id, filter, ct) : 0,
        };
    }

    public override async Task<GetWorkflowCountsResponse> GetWorkflowCounts(GetWorkflowCountsRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var workflowId = Uuid.Read(request.WorkflowId, "workflow_id");
        new FieldChecks().Require(request.Version >= 0, "version", "is negative").ThrowIfAny();

        return await counts.ReadAsync(account.Id, workflowId, request.Version, context.CancellationToken)
            ?? throw (request.Version == 0
                ? RpcErrors.NotFound("workflow", request.WorkflowId)
                : RpcErrors.NotFound("workflow version", $"{request.WorkflowId}/{request.Version}"));
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
}
