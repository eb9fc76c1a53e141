using System.Globalization;
using Dapper;
using Grpc.Net.Client;
using Npgsql;
using TagSegments.Campaigns;
using TagSegments.Embedded;
using TagSegments.Embedded.Smtp;
using TagSegments.Segments;
using TagSegments.ServiceDefaults.Data;
using TagSegments.Tags;
using TagSegments.Testing;
using TagSegments.Workflows;

namespace TagSegments.Benchmarks.Tenants;

/// <summary>
/// One replica of each service as a process of its own, with the memory limit of its container, on a database of its own. Redis is a process,
/// too, if it is installed; the mail server is part of the benchmark.
/// </summary>
internal sealed class TenantRig : IAsyncDisposable
{
    private const string RolePassword = "benchmark";

    // Those of k8s/base, of which .NET gives three quarters to its heap.
    private static readonly Dictionary<Service, int> s_megabytes = new()
    {
        [Service.Tags] = 512,
        [Service.Segments] = 1_024,
        [Service.Campaigns] = 512,
        [Service.Workflows] = 512,
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("tagsegments_tenants_").FullName;
    private readonly Dictionary<Service, ServiceProcess> _services = [];
    private readonly List<GrpcChannel> _channels = [];
    private readonly int[] _ports = FreePorts.Next(s_megabytes.Count + 2);
    private RedisProcess? _redis;

    private TenantRig(NpgsqlConnectionStringBuilder database)
    {
        Database = database;
        Owner = NpgsqlDataSource.Create(database);
    }

    /// <summary>Connects as the owner of every schema.</summary>
    public NpgsqlDataSource Owner { get; }

    /// <summary>Takes every message of the campaigns.</summary>
    public SmtpSink Mail { get; } = SmtpSink.Start();

    /// <summary>The processes of the services.</summary>
    public IEnumerable<int> Processes => _services.Values.Select(service => service.Id);

    public int? Redis => _redis?.Id;

    private NpgsqlConnectionStringBuilder Database { get; }

    public ServiceProcess this[Service service] => _services[service];

    /// <summary>The memory limit of a service's container in MB.</summary>
    public static int LimitOf(Service service) => s_megabytes[service];

    /// <summary>Creates the database of a name and starts everything.</summary>
    public static async Task<TenantRig> StartAsync(string name)
    {
        var server = Environment.GetEnvironmentVariable("TEST_POSTGRES")!;
        await using (var maintenance = new NpgsqlConnection(server))
        {
            await maintenance.ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            await maintenance.ExecuteAsync($"CREATE DATABASE {name}");
        }

        var rig = new TenantRig(new NpgsqlConnectionStringBuilder(server) { Database = name });
        try
        {
            await rig.StartAsync();
            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends a service and starts it again: it knows nothing but what is in the database and in Redis.</summary>
    public async Task RestartAsync(Service service)
    {
        await _services[service].KillAsync();
        await StartAsync(service);
    }

    /// <summary>Opens connections to a service that share nothing with those of other callers.</summary>
    public GrpcChannel Connect(Service service)
    {
        var channel = GrpcChannel.ForAddress(AddressOf(service));
        lock (_channels)
        {
            _channels.Add(channel);
        }

        return channel;
    }

    /// <summary>The first process of the database server, if it is on this machine.</summary>
    public async Task<int> PostgresAsync() => ProcessUsage.Parent(await ScalarAsync<int>("SELECT pg_backend_pid()"));

    /// <summary>Adds the memory of each service to a report, and how many have ended by themselves, of which there may be none.</summary>
    public void Report(string name, Report report)
    {
        var memory = _services.Where(service => !service.Value.HasEnded).Select(service => $"{service.Key} {ProcessUsage.Megabytes(service.Value.Id):N0} MB");
        report.Note($"{name}: memory of the services: {string.Join(", ", memory)}.");
        var ended = _services.Where(service => service.Value.HasEnded).ToList();
        report.None($"{name}: services that ended by themselves", ended.Count, "processes");
        foreach (var (service, process) in ended)
        {
            report.Note($"{name}: {service} HAS ENDED: {process.RecentOutput}");
        }
    }

    public async Task<T> ScalarAsync<T>(string sql, object? values = null)
    {
        await using var connection = await Owner.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql, values, commandTimeout: 0))!;
    }

    public async ValueTask DisposeAsync()
    {
        _channels.ForEach(channel => channel.Dispose());
        foreach (var service in _services.Values)
        {
            service.Dispose();
        }

        await (_redis?.KillAsync() ?? Task.CompletedTask);
        await Mail.DisposeAsync();
        await Owner.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAsync()
    {
        foreach (var app in new[] { typeof(TagsApp), typeof(SegmentsApp), typeof(CampaignsApp), typeof(WorkflowsApp) })
        {
            await Migrator.MigrateAsync(Database.ConnectionString, app.Assembly, RolePassword, RolePassword, CancellationToken.None);
        }

        if (Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "redis-server"))))
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            _redis = await RedisProcess.StartAsync(_ports[^1], patience.Token);
        }

        foreach (var service in s_megabytes.Keys)
        {
            _services[service] = new ServiceProcess(service.ToString(), _ports[(int)service], ServiceLaunch.OfThisBuild.Over(EnvironmentOf(service)));
            await StartAsync(service);
        }
    }

    private async Task StartAsync(Service service)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        _services[service].Start();
        await _services[service].WaitUntilServingAsync(patience.Token);
    }

    private Dictionary<string, string> EnvironmentOf(Service service)
    {
        var role = new NpgsqlConnectionStringBuilder(Database.ConnectionString)
        {
            Username = $"tagsegments_{service.ToString().ToLowerInvariant()}",
            Password = RolePassword,
        };
        var workRole = new NpgsqlConnectionStringBuilder(role.ConnectionString) { Username = $"{role.Username}_work" };
        var settings = new Dictionary<string, string>
        {
            // As the runtime finds it in a container.
            ["DOTNET_GCTotalPhysicalMemory"] = (LimitOf(service) * 0x100000L).ToString("X", CultureInfo.InvariantCulture),
            ["Grpc:Address"] = AddressOf(service),
            ["Postgres:ConnectionString"] = role.ConnectionString,
            ["Postgres:WorkConnectionString"] = workRole.ConnectionString,
            ["Redis:ConnectionString"] = _redis is null ? "" : $"127.0.0.1:{_ports[^1]}",
            ["Smtp:Host"] = "127.0.0.1",
            ["Smtp:Port"] = Mail.Port.ToString(CultureInfo.InvariantCulture),
            ["Smtp:Security"] = "none",
            ["Smtp:From"] = "news@acme.example",
            ["Senders:Trust"] = "loopback",
            ["Delivery:JournalFolder"] = Path.Combine(_folder, "journals"),
            ["Tokens:Key"] = "a key that all services share",
            ["Auth:Mode"] = "off",
            ["Logging:Level"] = "Warning",
        };
        foreach (var other in s_megabytes.Keys)
        {
            settings[$"Services:{other}"] = AddressOf(other);
        }

        if (service is Service.Campaigns)
        {
            settings["Http:Address"] = $"http://127.0.0.1:{_ports[^2]}";
        }

        return settings.ToDictionary(setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value);
    }

    /// <summary>The address of a service.</summary>
    public string AddressOf(Service service) => $"http://127.0.0.1:{_ports[(int)service]}";
}
