using System.Globalization;
using Microsoft.Extensions.Configuration;
using Npgsql;
using TagSegments.Campaigns;
using TagSegments.Embedded;
using TagSegments.Embedded.Postgres;
using TagSegments.Embedded.Smtp;
using TagSegments.Segments;
using TagSegments.ServiceDefaults.Data;
using TagSegments.ServiceDefaults.Memory;
using TagSegments.ServiceDefaults.Network;
using TagSegments.Tags;
using TagSegments.WebConsole;
using TagSegments.Workflows;

namespace TagSegments.Standalone;

/// <summary>All servers that the program starts; they stop in the opposite order.</summary>
internal sealed class Servers : IAsyncDisposable
{
    private readonly Stack<Func<Task>> _stops = new();

    public required string PostgresConnection { get; init; }

    public required string RedisConnection { get; init; }

    /// <summary>Null without authentication.</summary>
    public LocalAuthentication? Authentication { get; private init; }

    public SmtpSink Sink { get; private set; } = null!;

    /// <summary>Completes when the private database has ended unexpectedly.</summary>
    public Task DatabaseEnded { get; private init; } = Task.Delay(Timeout.Infinite);

    public static async Task<Servers> StartAsync(StandaloneOptions options, DataFolder data, Action<string> say, CancellationToken ct)
    {
        PortCheck.ThrowIfTaken(options.Ports);
        RefuseClearText(options);
        var servers = await StartStorageAsync(options, data, say, ct);
        try
        {
            servers.Sink = SmtpSink.Start(new SmtpSinkOptions { Port = options.Ports.Smtp, JournalFile = data.Mail });
            servers._stops.Push(() => servers.Sink.DisposeAsync().AsTask());
            say("applying migrations");
            foreach (var app in new[] { typeof(TagsApp), typeof(SegmentsApp), typeof(CampaignsApp), typeof(WorkflowsApp) })
                await Migrator.MigrateAsync(servers.PostgresConnection, app.Assembly, data.Secrets.RolePassword, data.Secrets.RolePassword, ct);
            say("starting the services");
            await servers.StartAppsAsync(options, data.Secrets, ct);
            await servers.StartAsync(WebConsoleApp.Build([], ConsoleSettings(options, data), new SinkInbox(servers.Sink)), ct);
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_stops.TryPop(out var stop))
            await stop();
    }

    // Before the owner's password goes to another machine.
    private static void RefuseClearText(StandaloneOptions options)
    {
        try
        {
            ClearText.Refuse(new ConfigurationBuilder().AddEnvironmentVariables().AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Postgres:OwnerConnectionString"] = options.Postgres,
                ["Redis:ConnectionString"] = options.Redis,
            }).Build());
        }
        catch (InvalidOperationException e)
        {
            throw new StartException(e.Message, "Correct --postgres or --redis, or set Network__ClearText.");
        }
    }

    private static async Task<Servers> StartStorageAsync(StandaloneOptions options, DataFolder data, Action<string> say, CancellationToken ct)
    {
        say(options.Postgres is "" or null ? $"starting PostgreSQL in {data.Postgres}" : "using the configured PostgreSQL");
        var postgres = options.Postgres is "" or null
            ? await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { DataDirectory = data.Postgres, RequirePassword = true }, ct)
            : null;
        var redis = options.Redis is "" or null ? EmbeddedRedis.Start() : null;
        var servers = new Servers
        {
            PostgresConnection = postgres?.ConnectionString() ?? options.Postgres!,
            RedisConnection = redis?.ConnectionString ?? options.Redis!,
            Authentication = options.Auth ? new LocalAuthentication() : null,
            DatabaseEnded = postgres?.Exited ?? Task.Delay(Timeout.Infinite, CancellationToken.None),
        };
        if (postgres is not null)
            servers._stops.Push(() => postgres.DisposeAsync().AsTask());
        if (redis is not null)
            servers._stops.Push(() => Task.Run(redis.Dispose));
        return servers;
    }

    private async Task StartAppsAsync(StandaloneOptions options, Secrets secrets, CancellationToken ct)
    {
        var ports = options.Ports;
        await StartAsync(TagsApp.Build([], Settings("tags", ports.Tags, options, secrets)), ct);
        await StartAsync(SegmentsApp.Build([], Settings("segments", ports.Segments, options, secrets)), ct);
        await StartAsync(CampaignsApp.Build([], Settings("campaigns", ports.Campaigns, options, secrets)), ct);
        await StartAsync(WorkflowsApp.Build([], Settings("workflows", ports.Workflows, options, secrets)), ct);
    }

    private async Task StartAsync(WebApplication app, CancellationToken ct)
    {
        _stops.Push(async () =>
        {
            await app.StopAsync(CancellationToken.None);
            await app.DisposeAsync();
        });
        await app.StartAsync(ct);
    }

    private Dictionary<string, string?> Settings(string service, int port, StandaloneOptions options, Secrets secrets) => new(
        Authentication?.Settings(service) ?? [new("Auth:Mode", "off")])
    {
        ["Grpc:Address"] = Loopback(port),
        ["Http:Address"] = service is "campaigns" ? Loopback(options.Ports.Http) : null,
        // Metrics and traces are those of the process, so one service shows those of all.
        ["Management:Address"] = service is "tags" ? Loopback(options.Ports.Management) : null,
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = service is "tags" ? Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") : null,
        ["Telemetry:TraceFile"] = service is "tags" ? Environment.GetEnvironmentVariable("Telemetry__TraceFile") : null,
        ["Telemetry:ServiceName"] = "standalone",
        ["Postgres:ConnectionString"] = ConnectionOf($"tagsegments_{service}", secrets, connections: 20),
        ["Postgres:WorkConnectionString"] = ConnectionOf($"tagsegments_{service}_work", secrets, connections: 10),
        // Four services share what the process may take.
        ["Memory:CacheMegabytes"] = (MemoryBudget.DefaultLimit / 4 / 1024 / 1024).ToString(CultureInfo.InvariantCulture),
        ["Redis:ConnectionString"] = RedisConnection,
        ["Services:Tags"] = Loopback(options.Ports.Tags),
        ["Services:Segments"] = Loopback(options.Ports.Segments),
        ["Services:Campaigns"] = Loopback(options.Ports.Campaigns),
        ["Services:Workflows"] = Loopback(options.Ports.Workflows),
        ["Host:Signals"] = "off",
        ["Keys:Links"] = secrets.Links,
        ["Keys:Tokens"] = secrets.Tokens,
        ["Keys:Secrets"] = secrets.Stored,
        ["Tokens:Key"] = secrets.TokenKey,
        ["Tracking:BaseUrl"] = Loopback(options.Ports.Http),
        ["Smtp:Host"] = "127.0.0.1",
        ["Smtp:Port"] = options.Ports.Smtp.ToString(null, null),
        ["Smtp:From"] = "news@example.com",
        ["Senders:Trust"] = "loopback",
        ["Logging:Level"] = options.Verbose ? "Information" : "Warning",
    };

    private static Dictionary<string, string?> ConsoleSettings(StandaloneOptions options, DataFolder data) => new()
    {
        ["Http:Address"] = Loopback(options.Ports.Console),
        ["Services:Tags"] = Loopback(options.Ports.Tags),
        ["Services:Segments"] = Loopback(options.Ports.Segments),
        ["Services:Campaigns"] = Loopback(options.Ports.Campaigns),
        ["Services:Workflows"] = Loopback(options.Ports.Workflows),
        ["Keys:Folder"] = data.ConsoleKeys,
        ["Host:Signals"] = "off",
        // The tag service has the traces of the process.
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = null,
        ["Telemetry:TraceFile"] = null,
        ["Logging:Level"] = options.Verbose ? "Information" : "Warning",
    };

    private string ConnectionOf(string role, Secrets secrets, int connections) => new NpgsqlConnectionStringBuilder(PostgresConnection)
    {
        Username = role,
        Password = secrets.RolePassword,
        MaxPoolSize = connections,
    }.ConnectionString;

    private static string Loopback(int port) => $"http://127.0.0.1:{port}";
}
