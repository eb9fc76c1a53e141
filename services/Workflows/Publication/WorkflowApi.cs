using System.Globalization;
using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.Workflows.Definitions;
using TagSegments.Workflows.Yaml;

namespace TagSegments.Workflows.Publication;

/// <summary>The calls that read workflows and their versions.</summary>
internal sealed class WorkflowApi(
    AccountDirectory accounts, PageTokens pages, WorkflowStore workflows, VersionStore versions, DraftReader drafts)
    : WorkflowService.WorkflowServiceBase
{
    public override async Task<GetWorkflowResponse> GetWorkflow(GetWorkflowRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await accounts.GetAsync(request.Account, ct);
        var workflow = await FindAsync(account, request, ct);

        if (request.Version != 0)
        {
            workflow.Definition = await versions.FindAsync(account.Id, Guid.Parse(workflow.WorkflowId), request.Version, ct)
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

        var (page, hasMore) = await workflows.ListAsync(account.Id, request.TagId, pages.Read(request), limit, context.CancellationToken);

        foreach (var workflow in page)
        {
            workflow.Problems.Add(request.Check ? await ProblemsAsync(account, workflow, context.CancellationToken) : []);
            workflow.Definition = null;
        }

        return new ListWorkflowsResponse
        {
            Workflows = { page },
            NextPageToken = hasMore ? pages.Create(request, page[^1].Name) : "",
        };
    }

    public override async Task<ListWorkflowVersionsResponse> ListWorkflowVersions(ListWorkflowVersionsRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var limit = PageSize.Read(request.PageSize);
        var id = Uuid.Read(request.WorkflowId, "workflow_id");
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

    private async Task<Workflow> FindAsync(AccountInfo account, GetWorkflowRequest request, CancellationToken ct)
    {
        var (id, name) = request.KeyCase switch
        {
            GetWorkflowRequest.KeyOneofCase.WorkflowId => (Uuid.Read(request.WorkflowId, "workflow_id"), ""),
            GetWorkflowRequest.KeyOneofCase.Name => (Guid.Empty, request.Name),
            _ => throw RpcErrors.InvalidField("workflow_id", "is required, or name"),
        };
        return await workflows.FindAsync(account.Id, id, name, ct) ?? throw RpcErrors.NotFound("workflow", request.WorkflowId + request.Name);
    }

    // Checks the published version, or the draft if there is none.
    private async Task<IReadOnlyList<string>> ProblemsAsync(AccountInfo account, Workflow workflow, CancellationToken ct)
    {
        var definition = workflow.State is Workflow.Types.State.Published
            ? await versions.FindAsync(account.Id, Guid.Parse(workflow.WorkflowId), workflow.PublishedVersion, ct)
            : workflow.Definition.Clone();
        return await drafts.RefreshNamesAsync(account, definition!, ct);
    }
}
