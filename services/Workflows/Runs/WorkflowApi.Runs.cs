using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults;
using TagSegments.Workflows.Runs;

namespace TagSegments.Workflows.Definitions;

/// <summary>The part of the workflow service that has runs.</summary>
internal sealed partial class WorkflowApi
{
    public override async Task<ListRunsResponse> ListRuns(ListRunsRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var limit = PageSize.Read(request.PageSize);
        Guid? workflowId = request.WorkflowId.Length > 0 ? ReadId(request.WorkflowId, "workflow_id") : null;
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
        Guid? workflowId = request.WorkflowId.Length > 0 ? ReadId(request.WorkflowId, "workflow_id") : null;
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

        return await runs.GetAsync(account.Id, ReadId(request.RunId, "run_id"), context.CancellationToken);
    }

    public override async Task<CancelRunResponse> CancelRun(CancelRunRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await accounts.GetAsync(request.Account, ct);
        var id = ReadId(request.RunId, "run_id");
        new FieldChecks().Require(request.Reason.Length <= 200, "reason", "is longer than 200 characters").ThrowIfAny();

        return await writes.RunAsync(account, context, request, async tx =>
            new CancelRunResponse { Run = await RunStore.CancelAsync(tx, account.Id, id, request.Reason, ct) });
    }

    public override async Task<ResumeRunResponse> ResumeRun(ResumeRunRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await accounts.GetAsync(request.Account, ct);
        var id = ReadId(request.RunId, "run_id");

        var response = await writes.RunAsync(account, context, request, async tx =>
            new ResumeRunResponse { Run = await RunStore.ResumeAsync(tx, account.Id, id, ct) });
        runs.Wake(account.Id);
        return response;
    }

    public override async Task<MoveRunsResponse> MoveRuns(MoveRunsRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await accounts.GetAsync(request.Account, ct);
        var id = ReadId(request.WorkflowId, "workflow_id");
        var definition = await workflows.FindVersionAsync(account.Id, id, request.ToVersion, ct)
            ?? throw RpcErrors.NotFound("workflow version", $"{id}/{request.ToVersion}");

        return await writes.RunAsync(account, context, request, tx =>
            moves.MoveAsync(tx, account.Id, request, definition, ct));
    }

    public override async Task<EnrolContactsResponse> EnrolContacts(EnrolContactsRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await accounts.GetAsync(request.Account, ct);
        var id = ReadId(request.WorkflowId, "workflow_id");
        new FieldChecks().Require(request.DryRun || request.RequestId.Length > 0, "request_id", "is required").ThrowIfAny();
        var workflow = await workflows.FindAsync(account.Id, id, "", ct) ?? throw RpcErrors.NotFound("workflow", request.WorkflowId);

        if (await writes.FindAnswerAsync<EnrolContactsResponse>(account, context, request) is { } answer)
        {
            return answer;
        }

        // The segment service is asked before the request id is locked.
        var contactIds = await enrolment.FindContactsAsync(account, workflow, request, ct);
        var response = await writes.RunAsync(account, context, request, _ =>
            enrolment.RunAsync(account, workflow, request, contactIds, ct));
        runs.Wake(account.Id);
        return response;
    }

    public override async Task<SimulateWorkflowResponse> SimulateWorkflow(SimulateWorkflowRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await accounts.GetAsync(request.Account, ct);
        var id = ReadId(request.WorkflowId, "workflow_id");
        var workflow = await workflows.FindAsync(account.Id, id, "", ct) ?? throw RpcErrors.NotFound("workflow", request.WorkflowId);
        var definition = request.Version == 0
            ? workflow.Definition
            : await workflows.FindVersionAsync(account.Id, id, request.Version, ct)
                ?? throw RpcErrors.NotFound("workflow version", $"{id}/{request.Version}");

        var response = await simulator.RunAsync(account, definition, request.ContactId, ct);
        response.Entry = await enrolment.EntryAsync(account.Id, id, definition, request.ContactId, ct);
        return response;
    }

    public override async Task<GetWebhookSecretResponse> GetWebhookSecret(GetWebhookSecretRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return new GetWebhookSecretResponse { Secret = await secrets.GetAsync(account.Id, context.CancellationToken) };
    }
}
