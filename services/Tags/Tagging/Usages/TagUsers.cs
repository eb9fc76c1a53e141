using Crm.Campaigns.V1;
using Crm.Segments.V1;
using Crm.Workflows.V1;
using Grpc.Net.ClientFactory;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Tags.Tagging.Usages;

/// <summary>
/// Reads what other services keep that may use tags, page by page, so that nobody holds all of it. The clients are made when needed: the service starts and serves everything else without
/// the others.
/// </summary>
internal sealed class TagUsers(GrpcClientFactory clients)
{
    // Campaigns that have ended use nothing any more.
    private static readonly State[] s_open = [State.Draft, State.Scheduled, State.Preparing, State.Sending, State.Paused];

    /// <summary>The segment service.</summary>
    public SegmentService.SegmentServiceClient Segments => Client<SegmentService.SegmentServiceClient>();

    /// <summary>Reads all segments, by name.</summary>
    public IAsyncEnumerable<Segment> SegmentsAsync(string account, CancellationToken ct) => Pages.AllAsync(
        new ListSegmentsRequest { Account = account, PageSize = PageSize.Max },
        request => Segments.ListSegmentsAsync(request, cancellationToken: ct),
        page => page.Segments);

    /// <summary>Reads all smart lists, by name.</summary>
    public IAsyncEnumerable<SmartList> SmartListsAsync(string account, CancellationToken ct) => Pages.AllAsync(
        new ListSmartListsRequest { Account = account, PageSize = PageSize.Max },
        request => Client<SmartListService.SmartListServiceClient>().ListSmartListsAsync(request, cancellationToken: ct),
        page => page.SmartLists);

    /// <summary>Reads the campaigns that have not ended, newest first.</summary>
    public IAsyncEnumerable<Campaign> CampaignsAsync(string account, CancellationToken ct) => Pages.AllAsync(
        new ListCampaignsRequest { Account = account, States = { s_open }, PageSize = PageSize.Max },
        request => Client<CampaignService.CampaignServiceClient>().ListCampaignsAsync(request, cancellationToken: ct),
        page => page.Campaigns);

    /// <summary>Lists the workflows that refer to a tag, or all of them for 0, by name, without their definitions.</summary>
    public IAsyncEnumerable<Workflow> WorkflowsAsync(string account, int tagId, CancellationToken ct) => Pages.AllAsync(
        new ListWorkflowsRequest { Account = account, TagId = tagId, PageSize = PageSize.Max },
        request => Client<WorkflowService.WorkflowServiceClient>().ListWorkflowsAsync(request, cancellationToken: ct),
        page => page.Workflows);

    /// <summary>Reads a published version of a workflow, or its draft for 0.</summary>
    public async Task<Workflow> WorkflowAsync(string account, string workflowId, int version, CancellationToken ct)
    {
        var request = new GetWorkflowRequest { Account = account, WorkflowId = workflowId, Version = version };
        return (await Client<WorkflowService.WorkflowServiceClient>().GetWorkflowAsync(request, cancellationToken: ct)).Workflow;
    }

    private TClient Client<TClient>()
        where TClient : class => clients.CreateClient<TClient>(typeof(TClient).Name);
}
