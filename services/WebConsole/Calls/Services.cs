using Crm.Accounts.V1;
using Crm.Activity.V1;
using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Crm.Workflows.V1;
using Grpc.Core;
using Grpc.Net.Client;
using TagSegments.ServiceDefaults.Host;
using TagSegments.ServiceDefaults.Network;

namespace TagSegments.WebConsole.Calls;

/// <summary>The generated clients of the four services. All sessions share the connections; who calls is said with each call.</summary>
public sealed class Services : IDisposable
{
    private readonly List<GrpcChannel> _channels = [];
    private readonly ServiceProvider _lookups = new ServiceCollection().AddNameLookups().BuildServiceProvider();

    /// <summary>Opens a connection to each service on first use.</summary>
    public Services(ServiceAddresses addresses)
    {
        var tags = Connect(addresses.Tags, addresses.Authority);
        Accounts = new(tags);
        Contacts = new(tags);
        Fields = new(tags);
        Opportunities = new(tags);
        Imports = new(tags);
        Tags = new(tags);
        Bulk = new(tags);
        Governance = new(tags);
        Reports = new(tags);
        var segments = Connect(addresses.Segments, addresses.Authority);
        Segments = new(segments);
        SmartLists = new(segments);
        var campaigns = Connect(addresses.Campaigns, addresses.Authority);
        Campaigns = new(campaigns);
        Activities = new(campaigns);
        Team = new(campaigns);
        Workflows = new(Connect(addresses.Workflows, addresses.Authority));
    }

    /// <summary>Accounts.</summary>
    public AccountService.AccountServiceClient Accounts { get; }

    /// <summary>Contacts.</summary>
    public ContactService.ContactServiceClient Contacts { get; }

    /// <summary>Custom fields.</summary>
    public FieldService.FieldServiceClient Fields { get; }

    /// <summary>Pipelines and opportunities.</summary>
    public OpportunityService.OpportunityServiceClient Opportunities { get; }

    /// <summary>Imports.</summary>
    public ImportService.ImportServiceClient Imports { get; }

    /// <summary>The tag library and the tags of contacts.</summary>
    public TagService.TagServiceClient Tags { get; }

    /// <summary>Bulk operations.</summary>
    public BulkService.BulkServiceClient Bulk { get; }

    /// <summary>The care of the tag library.</summary>
    public GovernanceService.GovernanceServiceClient Governance { get; }

    /// <summary>Reports about tags.</summary>
    public ReportService.ReportServiceClient Reports { get; }

    /// <summary>Segments and the evaluation of filters.</summary>
    public SegmentService.SegmentServiceClient Segments { get; }

    /// <summary>Smart lists and the rows of tables of contacts.</summary>
    public SmartListService.SmartListServiceClient SmartLists { get; }

    /// <summary>Campaigns.</summary>
    public CampaignService.CampaignServiceClient Campaigns { get; }

    /// <summary>Activity and suppressions.</summary>
    public ActivityService.ActivityServiceClient Activities { get; }

    /// <summary>The addresses of the account's own people.</summary>
    public TeamService.TeamServiceClient Team { get; }

    /// <summary>Workflows.</summary>
    public WorkflowService.WorkflowServiceClient Workflows { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _channels.ForEach(channel => channel.Dispose());
        _lookups.Dispose();
    }

    private CallInvoker Connect(Uri address, string? authority)
    {
        var options = new GrpcChannelOptions
        {
            ServiceProvider = _lookups,
            HttpHandler = new LostConnections
            {
                InnerHandler = new SocketsHttpHandler
                {
                    ConnectTimeout = TimeSpan.FromSeconds(5),
                    EnableMultipleHttp2Connections = true,
                    SslOptions = { RemoteCertificateValidationCallback = PrivateAuthority.Check(authority) },
                },
            },
            DisposeHttpClient = true,
            MaxReceiveMessageSize = 16 * 1024 * 1024,
        };
        // As the services call each other: in turns to all replicas, and again when one of them ends.
        var channel = GrpcChannel.ForAddress(options.Balance(address), options);
        _channels.Add(channel);
        return channel.CreateCallInvoker();
    }
}
