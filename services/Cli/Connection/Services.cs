using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Crm.Accounts.V1;
using Crm.Activity.V1;
using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Crm.Workflows.V1;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace TagSegments.Cli.Connection;

/// <summary>
/// The generated clients of the four services, connected on first use. <paramref name="authority"/> is a PEM file with the certificates to trust
/// instead of the ones that the machine trusts.
/// </summary>
internal sealed class Services(ServerAddresses addresses, string? token, string? authority = null) : IDisposable
{
    private readonly Dictionary<Uri, GrpcChannel> _channels = [];

    public ServerAddresses Addresses => addresses;

    public AccountService.AccountServiceClient Accounts => new(Invoker(addresses.Tags));

    public ContactService.ContactServiceClient Contacts => new(Invoker(addresses.Tags));

    public FieldService.FieldServiceClient Fields => new(Invoker(addresses.Tags));

    public OpportunityService.OpportunityServiceClient Opportunities => new(Invoker(addresses.Tags));

    public ImportService.ImportServiceClient Imports => new(Invoker(addresses.Tags));

    public TagService.TagServiceClient Tags => new(Invoker(addresses.Tags));

    public BulkService.BulkServiceClient Bulk => new(Invoker(addresses.Tags));

    public GovernanceService.GovernanceServiceClient Governance => new(Invoker(addresses.Tags));

    public ReportService.ReportServiceClient Reports => new(Invoker(addresses.Tags));

    public ExportService.ExportServiceClient Exports => new(Invoker(addresses.Tags));

    public SegmentService.SegmentServiceClient Segments => new(Invoker(addresses.Segments));

    public SmartListService.SmartListServiceClient SmartLists => new(Invoker(addresses.Segments));

    public CampaignService.CampaignServiceClient Campaigns => new(Invoker(addresses.Campaigns));

    public SenderService.SenderServiceClient Senders => new(Invoker(addresses.Campaigns));

    public TeamService.TeamServiceClient Team => new(Invoker(addresses.Campaigns));

    public ActivityService.ActivityServiceClient Activities => new(Invoker(addresses.Campaigns));

    public WebhookService.WebhookServiceClient Webhooks => new(Invoker(addresses.Campaigns));

    public WorkflowService.WorkflowServiceClient Workflows => new(Invoker(addresses.Workflows));

    public void Dispose()
    {
        foreach (var channel in _channels.Values)
            channel.Dispose();
    }

    private CallInvoker Invoker(Uri address)
    {
        if (token is not null)
            RefuseClearText(address);
        if (!_channels.TryGetValue(address, out var channel))
            _channels[address] = channel = Connect(address);
        return token is null ? channel.CreateCallInvoker() : channel.Intercept(WithToken);
    }

    // Who reads a token on its way can use it.
    private static void RefuseClearText(Uri address)
    {
        if (address.Scheme == "http" && !address.IsLoopback)
            throw new CliError($"The token would go to {address} in clear text.", "Use https, or a tunnel to this machine, for example kubectl port-forward.");
    }

    private SslClientAuthenticationOptions Trust()
    {
        if (authority is null)
            return new();

        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(authority);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new CliError($"--ca {authority} cannot be read: {e.Message}", "Name a PEM file with the certificate of the authority.");
        }

        return policy.CustomTrustStore.Count > 0
            ? new() { CertificateChainPolicy = policy }
            : throw new CliError($"--ca {authority} has no certificate.", "Name a PEM file with the certificate of the authority.");
    }

    // Through an HttpClient, because then the error of a refused connection names the address. The default connect timeout is the system's,
    // which can be minutes for a host that drops packets.
    private GrpcChannel Connect(Uri address) => GrpcChannel.ForAddress(address, new GrpcChannelOptions
    {
        HttpClient = new HttpClient(new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(5),
            EnableMultipleHttp2Connections = true,
            SslOptions = Trust(),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        },
        MaxReceiveMessageSize = 16 * 1024 * 1024,
        DisposeHttpClient = true,
    });

    private Metadata WithToken(Metadata headers)
    {
        headers.Add("authorization", $"Bearer {token}");
        return headers;
    }
}
