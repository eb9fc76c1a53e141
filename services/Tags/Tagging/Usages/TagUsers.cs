using Crm.Campaigns.V1;
using Crm.Segments.V1;
using Crm.Workflows.V1;
using Grpc.Net.ClientFactory;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Tags.Tagging.Usages;

/// <summary>
/// Reads what other services keep that may use tags. The clients are made when needed: the service starts and serves everything else without
/// the others.
/// </summary>
internal sealed class TagUsers(GrpcClientFactory clients)
{
    private const int PageSize = 1_000;

    // Campaigns that have ended use nothing any more.
    private static readonly State[] s_open = [State.Draft, State.Scheduled, State.Preparing, State.Sending, State.Paused];

    /// <summary>The segment service.</summary>
    public SegmentService.SegmentServiceClient Segments => Client<SegmentService.SegmentServiceClient>();

    /// <summary>Reads all segments, by name.</summary>
    public async Task<List<Segment>> SegmentsAsync(string account, CancellationToken ct)
    {
        var segments = new List<Segment>();
        var request = new ListSegmentsRequest { Account = account, PageSize = PageSize };
        do
        {
            var page = await Segments.ListSegmentsAsync(request, cancellationToken: ct);
            segments.AddRange(page.Segments);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return segments;
    }

    /// <summary>Reads all smart lists, by name.</summary>
    public async Task<List<SmartList>> SmartListsAsync(string account, CancellationToken ct)
    {
        var client = Client<SmartListService.SmartListServiceClient>();
        var lists = new List<SmartList>();
        var request = new ListSmartListsRequest { Account = account, PageSize = PageSize };
        do
        {
            var page = await client.ListSmartListsAsync(request, cancellationToken: ct);
            lists.AddRange(page.SmartLists);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return lists;
    }

    /// <summary>Reads the campaigns that have not come to their end, newest first.</summary>
    public async Task<List<Campaign>> CampaignsAsync(string account, CancellationToken ct)
    {
        var client = Client<CampaignService.CampaignServiceClient>();
        var campaigns = new List<Campaign>();
        var request = new ListCampaignsRequest { Account = account, States = { s_open }, PageSize = PageSize };
        do
        {
            var page = await client.ListCampaignsAsync(request, cancellationToken: ct);
            campaigns.AddRange(page.Campaigns);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return campaigns;
    }

    /// <summary>Lists the workflows that refer to a tag, or all of them for 0, by name, without their definitions.</summary>
    public async Task<List<Workflow>> WorkflowsAsync(string account, int tagId, CancellationToken ct)
    {
        var client = Client<WorkflowService.WorkflowServiceClient>();
        var workflows = new List<Workflow>();
        var request = new ListWorkflowsRequest { Account = account, TagId = tagId, PageSize = PageSize };
        do
        {
            var page = await client.ListWorkflowsAsync(request, cancellationToken: ct);
            workflows.AddRange(page.Workflows);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return workflows;
    }

    /// <summary>Reads a published version of a workflow, or its draft for 0.</summary>
    public async Task<Workflow> WorkflowAsync(string account, string workflowId, int version, CancellationToken ct)
    {
        var request = new GetWorkflowRequest { Account = account, WorkflowId = workflowId, Version = version };
        return (await Client<WorkflowService.WorkflowServiceClient>().GetWorkflowAsync(request, cancellationToken: ct)).Workflow;
    }

    private TClient Client<TClient>()
        where TClient : class => clients.CreateClient<TClient>(typeof(TClient).Name);
}
