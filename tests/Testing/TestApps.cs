using System.Globalization;
using System.Security.Cryptography;
using Crm.Accounts.V1;
using Crm.Activity.V1;
using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Crm.Workflows.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TagSegments.Campaigns;
using TagSegments.Embedded;
using TagSegments.Embedded.Smtp;
using TagSegments.Segments;
using TagSegments.ServiceDefaults.Host;
using TagSegments.ServiceDefaults.Network;
using TagSegments.Tags;
using TagSegments.Testing.Auth;
using TagSegments.Workflows;

namespace TagSegments.Testing;

/// <summary>The real services, started on free ports, wired to one another, on a database of their own.</summary>
public sealed partial class TestApps : IAsyncDisposable
{
    private static readonly string s_ring = $"1:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}";

    private readonly TestAppsOptions _options;
    private readonly (string Certificate, string Key)? _certificate;
    private readonly Dictionary<Service, (int Grpc, int Http, int Management)> _ports = [];
    private readonly Dictionary<Service, WebApplication> _apps = [];
    private readonly Dictionary<Service, GrpcChannel> _channels = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("tagsegments_apps_").FullName;
    private readonly TestRedis? _redis;
    private int _accounts;

    private TestApps(TestAppsOptions options, TestDatabase database)
    {
        _options = options;
        _certificate = options.Authority?.Issue();
        Database = database;
        _redis = options.Redis is null ? TestRedis.Take() : null;
        RedisConnectionString = options.Redis ?? _redis!.Address;
        ChoosePorts();
    }

    public TestDatabase Database { get; }

    public string RedisConnectionString { get; }

    private string Scheme => _certificate is null ? "http" : "https";

    /// <summary>Where the campaign service keeps its journals.</summary>
    public string JournalFolder => _folder;

    /// <summary>Receives the mail that the services send.</summary>
    public SmtpSink Smtp { get; } = SmtpSink.Start();

    public AccountService.AccountServiceClient Accounts => new(Channel(Service.Tags));

    public ContactService.ContactServiceClient Contacts => new(Channel(Service.Tags));

    public FieldService.FieldServiceClient Fields => new(Channel(Service.Tags));

    public OpportunityService.OpportunityServiceClient Opportunities => new(Channel(Service.Tags));

    public ImportService.ImportServiceClient Imports => new(Channel(Service.Tags));

    public TagService.TagServiceClient Tags => new(Channel(Service.Tags));

    public SegmentService.SegmentServiceClient Segments => new(Channel(Service.Segments));

    public SmartListService.SmartListServiceClient SmartLists => new(Channel(Service.Segments));

    public ActivityService.ActivityServiceClient Activity => new(Channel(Service.Campaigns));

    public CampaignService.CampaignServiceClient Campaigns => new(Channel(Service.Campaigns));

    public MessageService.MessageServiceClient Messages => new(Channel(Service.Campaigns));

    public SenderService.SenderServiceClient Senders => new(Channel(Service.Campaigns));

    public TeamService.TeamServiceClient Team => new(Channel(Service.Campaigns));

    public WorkflowService.WorkflowServiceClient Workflows => new(Channel(Service.Workflows));

    /// <summary>Starts the services; each takes a few tenths of a second.</summary>
    public static async Task<TestApps> StartAsync(TestAppsOptions? options = null)
    {
        options ??= new TestAppsOptions();
        var database = options.Database ?? await (await PostgresFixture.SharedAsync()).CreateDatabaseAsync();
        var apps = new TestApps(options, database);
        try
        {
            foreach (var service in apps._options.Services)
            {
                await apps.StartAsync(service);
            }

            return apps;
        }
        catch
        {
            await apps.DisposeAsync();
            throw;
        }
    }

    /// <summary>The service itself, for looking into its container.</summary>
    public WebApplication App(Service service) => _apps[service];

    public string GrpcAddress(Service service) => $"{Scheme}://127.0.0.1:{_ports[service].Grpc}";

    public string HttpAddress(Service service) => $"{Scheme}://127.0.0.1:{_ports[service].Http}";

    public string ManagementAddress(Service service) => $"{Scheme}://127.0.0.1:{_ports[service].Management}";

    public GrpcChannel Channel(Service service)
    {
        lock (_channels)
        {
            return _channels.TryGetValue(service, out var channel)
                ? channel
                : _channels[service] = GrpcChannel.ForAddress(GrpcAddress(service), new GrpcChannelOptions { HttpHandler = NewHandler() });
        }
    }

    /// <summary>Makes the handler of an HTTP client that trusts the services.</summary>
    public SocketsHttpHandler NewHandler() => new()
    {
        EnableMultipleHttp2Connections = true,
        SslOptions = { RemoteCertificateValidationCallback = PrivateAuthority.Check(_options.Authority?.CertificateFile) },
    };

    /// <summary>Creates an account that no other test knows and returns its name.</summary>
    public async Task<string> NewAccountAsync(string timeZone = "UTC")
    {
        var name = $"account-{Interlocked.Increment(ref _accounts).ToString(CultureInfo.InvariantCulture)}";
        await Accounts.CreateAccountAsync(new CreateAccountRequest { Account = name, TimeZone = timeZone });
        return name;
    }

    /// <summary>Adds addresses to an account's team. Where every sender is believed, they are confirmed at once.</summary>
    public async Task AddToTeamAsync(string account, params string[] addresses)
    {
        foreach (var address in addresses)
        {
            await Team.AddTeamAddressAsync(new() { Account = account, Address = address });
        }
    }

    /// <summary>Starts a service, for the first time or again after <see cref="StopAsync"/>, on the same port.</summary>
    public async Task StartAsync(Service service)
    {
        var settings = SettingsOf(service);
        var app = service switch
        {
            Service.Tags => TagsApp.Build([], settings),
            Service.Segments => SegmentsApp.Build([], settings),
            Service.Campaigns => CampaignsApp.Build([], settings),
            _ => WorkflowsApp.Build([], settings),
        };
        if (_options.Logs is { } logs)
        {
            app.Services.GetRequiredService<ILoggerFactory>().AddProvider(logs);
        }

        _apps[service] = app;
        await app.StartAsync();
    }

    /// <summary>Starts another replica of a service, with some variables in its environment.</summary>
    public Task<TestReplica> StartReplicaAsync(Service service, IReadOnlyDictionary<string, string>? variables = null) =>
        TestReplica.StartAsync(service, SettingsOf(service), variables ?? new Dictionary<string, string>());

    /// <summary>Stops a service; the others stay.</summary>
    public async Task StopAsync(Service service)
    {
        if (_apps.Remove(service, out var app))
        {
            // Also where a call keeps a connection busy.
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await app.StopAsync(patience.Token);
            await app.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels.Values)
        {
            channel.Dispose();
        }

        // Those first that need the others to bring what they do to its end.
        foreach (var service in _apps.Keys.OrderDescending())
        {
            await StopAsync(service);
        }

        _redis?.Dispose();
        await Smtp.DisposeAsync();
        await Database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
