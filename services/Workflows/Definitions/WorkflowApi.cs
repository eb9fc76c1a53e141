using System.Globalization;
using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults;
using TagSegments.Workflows.Notifications;
using TagSegments.Workflows.Runs;
using TagSegments.Workflows.Yaml;

namespace TagSegments.Workflows.Definitions;

/// <summary>The workflow service: this part has definitions, <c>Runs/WorkflowApi.Runs.cs</c> has runs.</summary>
internal sealed partial class WorkflowApi(
    AccountDirectory accounts,
    IdempotentWrites writes,
    WorkflowStore workflows,
    DraftReader drafts,
    LoopFinder loops,
    Publisher publisher,
    Deletion deletion,
    VersionStore versions,
    RunStore runs,
    MovedRuns moves,
    ManualEnrolment enrolment,
    Simulator simulator,
    WebhookSecrets secrets,
    PageTokens pages) : WorkflowService.WorkflowServiceBase
{
    public override async Task<CreateWorkflowResponse> CreateWorkflow(CreateWorkflowRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await accounts.GetAsync(request.Account, ct);
        var draft = await drafts.ReadAsync(account, request.Workflow, request.Yaml, ct);

        return await writes.RunAsync(account, context, request, async tx =>
            new CreateWorkflowResponse { Workflow = await WorkflowStore.InsertAsync(tx, account, draft, ct) });
    }

    public override async Task<GetWorkflowResponse> GetWorkflow(GetWorkflowRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await accounts.GetAsync(request.Account, ct);
        var workflow = await FindAsync(account, request, ct);

        if (request.Version != 0)
        {
            workflow.Definition = await workflows.FindVersionAsync(account.Id, Guid.Parse(workflow.WorkflowId), request.Version, ct)
                ?? throw RpcErrors.NotFound("workflow version", $"{workflow.WorkflowId}/{request.Version}");
        }

        await drafts.RefreshNamesAsync(account, workflow.Definition, ct);
        workflow.Problems.Add(await ProblemsAsync(account, workflow, ct));
        workflow.Yaml = YamlWriter.Write(workflow);
        return new GetWorkflowResponse { Workflow = workflow };
    }

    public override async Task<ListWorkflowsResponse> ListWorkflows(ListWorkflowsRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var limit = PageSize.Read(request.PageSize);

        var found = await workflows.ListAsync(account.Id, request.TagId, pages.Read(request), limit + 1, context.CancellationToken);

        var page = found.Take(limit).ToList();
        foreach (var workflow in request.Check ? page : [])
        {
            workflow.Problems.Add(await ProblemsAsync(account, workflow, context.CancellationToken));
        }

        page.ForEach(workflow => workflow.Definition = null);
        return new ListWorkflowsResponse
        {
            Workflows = { page },
            NextPageToken = found.Count > limit ? pages.Create(request, page[^1].Name) : "",
        };
    }

    public override async Task<UpdateWorkflowResponse> UpdateWorkflow(UpdateWorkflowRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await accounts.GetAsync(request.Account, ct);
        var id = ReadId(request.Workflow?.WorkflowId ?? "", "workflow.workflow_id");
        var draft = await drafts.ReadAsync(account, request.Workflow, request.Yaml, ct);
        draft.Revision = request.Workflow?.Revision ?? 0;

        return await writes.RunAsync(account, context, request, async tx =>
            new UpdateWorkflowResponse { Workflow = await WorkflowStore.UpdateAsync(tx, account, id, draft, ct) });
    }

    public override async Task<PublishWorkflowResponse> PublishWorkflow(PublishWorkflowRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return await publisher.PublishAsync(account, ReadId(request.WorkflowId, "workflow_id"), request, context);
    }

    public override async Task<UnpublishWorkflowResponse> UnpublishWorkflow(UnpublishWorkflowRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return await publisher.UnpublishAsync(account, ReadId(request.WorkflowId, "workflow_id"), request, context);
    }

    public override async Task<DeleteWorkflowResponse> DeleteWorkflow(DeleteWorkflowRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return await deletion.DeleteAsync(account, ReadId(request.WorkflowId, "workflow_id"), request, context);
    }

    public override async Task<ListWorkflowVersionsResponse> ListWorkflowVersions(ListWorkflowVersionsRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var limit = PageSize.Read(request.PageSize);
        var id = ReadId(request.WorkflowId, "workflow_id");
        var before = pages.Read(request) is { } position ? int.Parse(position, CultureInfo.InvariantCulture) : int.MaxValue;

        var found = await versions.ListAsync(account.Id, id, before, limit + 1, context.CancellationToken)
            ?? throw RpcErrors.NotFound("workflow", request.WorkflowId);

        var page = found.Take(limit).ToList();
        return new ListWorkflowVersionsResponse
        {
            Versions = { page },
            NextPageToken = found.Count > limit ? pages.Create(request, page[^1].Version.ToString(CultureInfo.InvariantCulture)) : "",
        };
    }

    public override async Task<ParseWorkflowResponse> ParseWorkflow(ParseWorkflowRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        var workflow = await drafts.ReadAsync(account, null, request.Yaml, context.CancellationToken);

        workflow.Yaml = YamlWriter.Write(workflow);
        return new ParseWorkflowResponse { Workflow = workflow, Loops = { await loops.FindAsync(account, workflow, context.CancellationToken) } };
    }

    private async Task<Workflow> FindAsync(AccountInfo account, GetWorkflowRequest request, CancellationToken ct)
    {
        var (id, name) = request.KeyCase switch
        {
            GetWorkflowRequest.KeyOneofCase.WorkflowId => (ReadId(request.WorkflowId, "workflow_id"), ""),
            GetWorkflowRequest.KeyOneofCase.Name => (Guid.Empty, request.Name),
            _ => throw RpcErrors.InvalidField("workflow_id", "is required, or name"),
        };
        return await workflows.FindAsync(account.Id, id, name, ct) ?? throw RpcErrors.NotFound("workflow", request.WorkflowId + request.Name);
    }

    // Of what counts: the published version, or the draft if there is none.
    private async Task<IReadOnlyList<string>> ProblemsAsync(AccountInfo account, Workflow workflow, CancellationToken ct)
    {
        var definition = workflow.State is Workflow.Types.State.Published
            ? await workflows.FindVersionAsync(account.Id, Guid.Parse(workflow.WorkflowId), workflow.PublishedVersion, ct)
            : workflow.Definition.Clone();
        return await drafts.RefreshNamesAsync(account, definition!, ct);
    }

    private static Guid ReadId(string id, string field) =>
        Guid.TryParse(id, out var parsed) ? parsed : throw RpcErrors.InvalidField(field, "is required: a UUID");
}
