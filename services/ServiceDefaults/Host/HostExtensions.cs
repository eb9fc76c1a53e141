using System.Text;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using StackExchange.Redis;
using TagSegments.ServiceDefaults.Auth;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Data;
using TagSegments.ServiceDefaults.Work;

namespace TagSegments.ServiceDefaults.Host;

/// <summary>Adds the parts that services share to a builder.</summary>
public static class HostExtensions
{
    /// <summary>Adds the <see cref="NpgsqlDataSource"/> of <c>Postgres:ConnectionString</c>.</summary>
    public static WebApplicationBuilder AddPostgres(this WebApplicationBuilder builder)
    {
        DapperSetup.Ensure();
        builder.Services.AddSingleton(_ => PostgresOf(builder.Configuration).Build());
        return builder;
    }

    /// <summary>Starts a connection pool with the settings of <c>Postgres:ConnectionString</c>.</summary>
    public static NpgsqlDataSourceBuilder PostgresOf(IConfiguration configuration)
    {
        var text = configuration["Postgres:ConnectionString"]
            ?? throw new InvalidOperationException("Set Postgres:ConnectionString (Postgres__ConnectionString).");

        // All settings, locks and temporary tables end with their transactions, so a connection need not be reset between uses. It then keeps its
        // prepared statements: parsing and planning a statement often takes longer than running it.
        var settings = new NpgsqlConnectionStringBuilder(text) { NoResetOnClose = true, MaxAutoPrepare = 100 };
        return new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = configuration["Service:Name"] };
    }

    /// <summary>Adds the <see cref="IdempotentWrites"/> and the <see cref="RequestLog"/> of a table.</summary>
    public static IServiceCollection AddIdempotentWrites(this IServiceCollection services, string table) => services
        .AddSingleton(new RequestLog(table))
        .AddSingleton<IdempotentWrites>();

    /// <summary>Adds a <see cref="ClockWatch"/> over a table of clocks.</summary>
    public static IServiceCollection AddClockWatch(this IServiceCollection services, string table) => services
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<ClockWatch>(provider, table))
        .AddHostedService(provider => provider.GetRequiredService<ClockWatch>());

    /// <summary>Adds the connection to Redis of <c>Redis:ConnectionString</c>; without one, the service runs without Redis.</summary>
    public static WebApplicationBuilder AddRedis(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(_ => RedisConnection.Open(builder.Configuration["Redis:ConnectionString"]));
        return builder;
    }

    /// <summary>Adds a client of another service, whose address is <c>Services:<paramref name="service"/></c>.</summary>
    public static WebApplicationBuilder AddServiceClient<TClient>(this WebApplicationBuilder builder, string service)
        where TClient : ClientBase
    {
        builder.Services.AddGrpcClient<TClient>(options =>
            {
                options.Address = new Uri(builder.Configuration[$"Services:{service}"]
                    ?? throw new InvalidOperationException($"Set Services:{service} (Services__{service}) to that service's address."));
                options.ChannelOptionsActions.Add(channel => channel.ServiceConfig = new ServiceConfig { MethodConfigs = { Retry() } });
                if (options.Address.Scheme == "dns")
                {
                    options.ChannelOptionsActions.Add(BalanceOverAddresses);
                }
            })
            .ConfigureChannel(channel =>
            {
                channel.UnsafeUseInsecureChannelCallCredentials = true;
                // Finds a service that comes back at once; the defaults wait up to two minutes.
                channel.InitialReconnectBackoff = TimeSpan.FromMilliseconds(100);
                channel.MaxReconnectBackoff = TimeSpan.FromSeconds(2);
            })
            .AddCallCredentials((_, metadata, provider) =>
            {
                if (provider.GetRequiredService<ServiceCredentials>().Authorization() is { } authorization)
                {
                    metadata.Add("authorization", authorization);
                }

                return Task.CompletedTask;
            });
        return builder;
    }

    // "dns:///segments:5102": every address of the name gets its share of the calls, for example the replicas of a headless service.
    private static void BalanceOverAddresses(GrpcChannelOptions channel)
    {
        channel.Credentials = ChannelCredentials.Insecure;
        channel.ServiceConfig!.LoadBalancingConfigs.Add(new RoundRobinConfig());
    }

    // UNAVAILABLE means that the call may be repeated: writes carry a request_id.
    private static MethodConfig Retry() => new()
    {
        Names = { MethodName.Default },
        RetryPolicy = new RetryPolicy
        {
            MaxAttempts = 5,
            InitialBackoff = TimeSpan.FromMilliseconds(100),
            MaxBackoff = TimeSpan.FromSeconds(2),
            BackoffMultiplier = 2,
            RetryableStatusCodes = { Grpc.Core.StatusCode.Unavailable },
        },
    };

    internal static void AddLogging(this WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(builder.Configuration.GetValue("Logging:Level", LogLevel.Information));
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Grpc", LogLevel.Warning);
        builder.Logging.AddFilter("System.Net.Http", LogLevel.Warning);
        if (builder.Configuration["Logging:Format"] == "json")
        {
            builder.Logging.AddJsonConsole(options => options.IncludeScopes = true);
        }
        else
        {
            builder.Logging.AddSimpleConsole(options => options.SingleLine = true);
        }
    }

    internal static void AddTelemetry(this WebApplicationBuilder builder, string serviceName)
    {
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(serviceName, serviceNamespace: "tagsegments"))
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter("Npgsql", "TagSegments.*")
                .AddPrometheusExporter());
        if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 })
        {
            telemetry
                .WithTracing(tracing => tracing.AddAspNetCoreInstrumentation().AddSource("Npgsql", "TagSegments.*"))
                .UseOtlpExporter();
        }
    }

    internal static void AddAccountAuthentication(this WebApplicationBuilder builder, AuthOptions options)
    {
        builder.Services.AddSingleton(provider => new ServiceCredentials(
            builder.Configuration["Service:Name"]!, options, provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton(options);
        if (options.Mode == AuthOptions.Off)
        {
            RefuseOpenAddresses(builder.Configuration);
            return;
        }

        if (options.Authority is null && options.SigningKey is null)
        {
            throw new InvalidOperationException(
                "Set Auth:Authority or Auth:SigningKey, or Auth:Mode=off for a service that only loopback can reach.");
        }

        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(jwt => Configure(jwt, options));
        builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
    }

    internal static void UseAccountAuthentication(this WebApplication app)
    {
        if (app.Services.GetRequiredService<AuthOptions>().Mode == AuthOptions.Off)
        {
            app.Logger.AuthIsOff();
            return;
        }

        app.UseAuthentication();
        app.UseAuthorization();
    }

    private static void Configure(JwtBearerOptions jwt, AuthOptions options)
    {
        jwt.MapInboundClaims = false;
        jwt.Authority = options.Authority;
        jwt.TokenValidationParameters.ValidAudience = options.Audience;
        jwt.TokenValidationParameters.ValidateIssuer = options.Authority is not null;
        jwt.TokenValidationParameters.ClockSkew = TimeSpan.FromSeconds(60);
        if (options.SigningKey is { } key)
        {
            jwt.TokenValidationParameters.ValidAlgorithms = options.Authority is null
                ? [SecurityAlgorithms.HmacSha256]
                : [SecurityAlgorithms.HmacSha256, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.RsaSha256];
            jwt.TokenValidationParameters.IssuerSigningKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(key));
        }
    }

    private static void RefuseOpenAddresses(IConfiguration configuration)
    {
        var uri = new Uri(configuration["Grpc:Address"]!);
        if (!uri.IsLoopback && !configuration.GetValue("Auth:AllowOpenNetwork", false))
        {
            throw new InvalidOperationException(
                $"Auth:Mode=off is only for loopback addresses, but Grpc:Address is {uri}. Set Auth:Mode=jwt, or Auth:AllowOpenNetwork=true if the network itself is closed.");
        }
    }
}
