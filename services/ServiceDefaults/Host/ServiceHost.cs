using System.IO.Compression;
using System.Reflection;
using Grpc.AspNetCore.Server.Model;
using Grpc.Net.Client;
using Grpc.Net.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TagSegments.ServiceDefaults.Auth;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Data;
using TagSegments.ServiceDefaults.Keys;
using TagSegments.ServiceDefaults.Memory;
using TagSegments.ServiceDefaults.Network;
using TagSegments.ServiceDefaults.Pipeline;
using TagSegments.ServiceDefaults.Texts;
using TagSegments.ServiceDefaults.Work;
using TagSegments.ServiceDefaults.Pipeline.Streams;

namespace TagSegments.ServiceDefaults.Host;

/// <summary>The common parts of every service program: addresses, gRPC, errors, authentication, health, telemetry, migrations.</summary>
public static class ServiceHost
{
    private const string Live = "live";

    // A migration listens nowhere and needs none of the service's keys.
    private static readonly Dictionary<string, string?> s_migration = new()
    {
        ["Auth:Mode"] = "off",
        ["Grpc:Address"] = "http://127.0.0.1:0",
        ["Http:Address"] = "",
        ["Management:Address"] = "",
        ["Keys:Secrets"] = "1:00",
    };

    /// <summary>
    /// Starts the builder of a service. Calls arrive at <c>Grpc:Address</c> (default 127.0.0.1 and the service's port); the other addresses of
    /// <see cref="Listener"/> are open if they are set. <c>Settings:Folder</c> has a file for each secret, as <c>Keys__Links</c>.
    /// <paramref name="settings"/> override arguments, environment and files.
    /// </summary>
    public static WebApplicationBuilder CreateBuilder(
        string serviceName, int defaultGrpcPort, string[] args, IReadOnlyDictionary<string, string?>? settings)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = serviceName,
            Args = args,
            ContentRootPath = AppContext.BaseDirectory,
        });
        if (builder.Configuration["Settings:Folder"] is { Length: > 0 } folder)
        {
            builder.Configuration.AddKeyPerFile(folder, optional: false);
        }

        builder.Configuration.AddInMemoryCollection(settings ?? new Dictionary<string, string?>());
        builder.Configuration["Service:Name"] = serviceName;
        builder.Configuration["Grpc:Address"] ??= $"http://127.0.0.1:{defaultGrpcPort}";
        ClearText.Refuse(builder.Configuration);
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, builder.Configuration));
        builder.AddLogging();
        builder.AddTelemetry(serviceName);
        builder.AddGrpcDefaults();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(provider => MemoryBudget.From(builder.Configuration, provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton(new SealedTokens(KeyRing.From(builder.Configuration, KeyRing.Tokens)));
        builder.Services.AddSingleton<PageTokens>();
        builder.Services.AddSingleton<ConsistencyTokens>();
        if (builder.Configuration["Host:Signals"] == "off")
        {
            builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        }

        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(20));
        return builder;
    }

    /// <summary>
    /// Maps the endpoints that every service has: health and reflection for clients of gRPC; <c>/metrics</c>, <c>/readyz</c> and <c>/livez</c> for
    /// operators.
    /// </summary>
    public static WebApplication MapServiceDefaults(this WebApplication app)
    {
        app.UseUnstuckStreams();
        app.UseRouting();
        app.UseListeners();
        app.UseCallMetrics();
        app.UseMessageSizeDetails();
        app.UseDeadlineLimit();
        app.UseAccountAuthentication();
        app.MapGrpcHealthChecksService().AllowAnonymous();
        if (app.Configuration.GetValue("Grpc:Reflection", true))
        {
            app.MapGrpcReflectionService().AllowAnonymous();
        }

        app.MapOperators();
        app.AnnounceMetrics(CallMetrics.Announce, RefusalLog.Announce, StreamQuota.Announce, QueueMetrics.Announce);
        return app;
    }

    internal static void MapOperators(this WebApplication app)
    {
        var management = app.MapGroup("").AllowAnonymous().ServedOn(Listener.Management);
        management.MapPrometheusScrapingEndpoint();
        management.MapHealthChecks("/readyz");
        management.MapHealthChecks("/livez", new() { Predicate = check => check.Name == Live });
    }

    /// <summary>
    /// Has metrics that count rare events reported as 0 from the start. An alarm sees a rise only from a number that was there before.
    /// </summary>
    public static void AnnounceMetrics(this WebApplication app, params IEnumerable<Action> announcements) =>
        app.Lifetime.ApplicationStarted.Register(() => announcements.ToList().ForEach(announce => announce()));

    /// <summary>
    /// Runs a service's program. <c>migrate</c> applies its migrations with <c>Postgres:OwnerConnectionString</c> and ends; <c>healthcheck</c>
    /// asks the running service and ends with 0 if it is ready; without a command, the service runs until it is stopped.
    /// </summary>
    public static async Task<int> RunAsync(
        string[] args, Func<string[], IReadOnlyDictionary<string, string?>?, WebApplication> build, Assembly migrations)
    {
        await using var app = build([.. args.Skip(args is ["migrate" or "healthcheck", ..] ? 1 : 0)], args is ["migrate", ..] ? s_migration : null);
        switch (args)
        {
            case ["migrate", ..]:
                var owner = app.Configuration["Postgres:OwnerConnectionString"]
                    ?? throw new InvalidOperationException("Set Postgres:OwnerConnectionString (Postgres__OwnerConnectionString) to migrate.");
                await Migrator.MigrateAsync(
                    owner, migrations, app.Configuration["Postgres:RolePassword"], app.Configuration["Postgres:WorkRolePassword"], CancellationToken.None);
                return 0;
            case ["healthcheck", ..]:
                return await IsReadyAsync(app.Configuration) ? 0 : 1;
            default:
                await app.RunAsync();
                return 0;
        }
    }

    /// <summary>The address at which the started service answers gRPC calls.</summary>
    public static string GrpcAddress(this WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    private static void Listen(KestrelServerOptions kestrel, IConfiguration configuration)
    {
        kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        // A client that needs more opens further connections. What an unread stream keeps is its share of the buffer and one message.
        kestrel.Limits.Http2.MaxStreamsPerConnection = 256;
        kestrel.Limits.MaxResponseBufferSize = 64 * 1024;
        kestrel.Listen(configuration);
    }

    private static void AddGrpcDefaults(this WebApplicationBuilder builder)
    {
        var auth = AuthOptions.From(builder.Configuration);
        builder.AddAccountAuthentication(auth);
        builder.Services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = 4 * 1024 * 1024;
            options.CompressionProviders =
            [
                new StrictCompression(new GzipCompressionProvider(CompressionLevel.Fastest)),
                new StrictCompression(new DeflateCompressionProvider(CompressionLevel.Fastest)),
            ];
            options.Interceptors.Add<ErrorInterceptor>();
            options.Interceptors.Add<TimeLimitInterceptor>();
            options.Interceptors.Add<AccountInterceptor>();
            options.Interceptors.Add<LoadInterceptor>();
            options.Interceptors.Add<StreamInterceptor>();
            options.Interceptors.Add<AuditInterceptor>();
            options.Interceptors.Add<TextInterceptor>();
        });
        builder.Services.AddLoadLimits(builder.Configuration);
        builder.Services.AddStreamLimits(builder.Configuration);
        builder.Services.AddSingleton<CallEnds>();
        builder.Services.AddSingleton<ErrorInterceptor>();
        builder.Services.AddSingleton(provider => new TimeLimitInterceptor(
            DeadlineLimit.MaxSeconds(builder.Configuration), provider.GetRequiredService<CallEnds>(), provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<AccountInterceptor>();
        builder.Services.AddSingleton<AuditInterceptor>();
        builder.Services.RemoveAll(typeof(IServiceMethodProvider<>));
        builder.Services.AddSingleton(typeof(IServiceMethodProvider<>), typeof(StrictMethodProvider<>));
        builder.Services.AddGrpcReflectionWithErrorDetails();
        // The empty name asks whether the service is ready, with all checks; "live" asks only whether the process runs.
        builder.Services.AddGrpcHealthChecks(health => health.Services.Map(Live, check => check.Name == Live))
            .AddCheck(Live, () => HealthCheckResult.Healthy());
    }

    // The service's certificate names the service and not the loopback address, so exactly this certificate is expected.
    private static async Task<bool> IsReadyAsync(IConfiguration configuration)
    {
        var uri = new Uri(configuration["Grpc:Address"]!);
        var local = uri.Host is "0.0.0.0" or "+" or "*" ? $"{uri.Scheme}://127.0.0.1:{uri.Port}" : uri.OriginalString;
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) =>
            ServerCertificate.From(configuration, NullLogger.Instance)?.Current.TargetCertificate.Equals(shown) == true;
        using var channel = GrpcChannel.ForAddress(local, new GrpcChannelOptions { HttpHandler = handler });
        var health = new Grpc.Health.V1.Health.HealthClient(channel);
        var reply = await health.CheckAsync(new(), deadline: DateTime.UtcNow.AddSeconds(3));
        return reply.Status == Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus.Serving;
    }
}
