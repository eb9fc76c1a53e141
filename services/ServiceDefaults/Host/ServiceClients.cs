using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TagSegments.ServiceDefaults.Auth;
using TagSegments.ServiceDefaults.Pipeline;
using TagSegments.ServiceDefaults.Network;

namespace TagSegments.ServiceDefaults.Host;

/// <summary>Adds the clients through which services call one another.</summary>
public static class ServiceClients
{
    /// <summary>
    /// How often names are looked up. Without it, they are looked up again only when a connection is lost: replicas that are added get no calls.
    /// </summary>
    public static readonly TimeSpan LookUp = TimeSpan.FromSeconds(15);

    // A connection over which nothing comes any more, because a machine died or a router forgot it, is given up after twice this time.
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(5);

    /// <summary>Adds a client of another service, whose address is <c>Services:<paramref name="service"/></c>.</summary>
    public static WebApplicationBuilder AddServiceClient<TClient>(this WebApplicationBuilder builder, string service)
        where TClient : ClientBase
    {
        var trust = ServiceTrust.Check(builder.Configuration["Tls:Authority"]);
        builder.Services.AddNameLookups();
        builder.Services.AddGrpcClient<TClient>(options =>
            {
                var address = new Uri(builder.Configuration[$"Services:{service}"]
                    ?? throw new InvalidOperationException($"Set Services:{service} (Services__{service}) to that service's address."));
                options.Address = Resolvable(address);
                options.ChannelOptionsActions.Add(channel => channel.Balance(address));
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                EnableMultipleHttp2Connections = true,
                KeepAlivePingDelay = s_silence,
                KeepAlivePingTimeout = s_silence,
                SslOptions = { RemoteCertificateValidationCallback = trust },
            })
            .AddHttpMessageHandler(() => new LostConnections())
            .AddInterceptor(() => new DefaultDeadline(DeadlineLimit.Of(builder.Configuration) + s_silence))
            .AddInterceptor<CallerReports>()
            .AddInterceptor(provider => ActivatorUtilities.CreateInstance<ConnectionReports>(provider, service.ToLowerInvariant()))
            .AddInterceptor(provider => ActivatorUtilities.CreateInstance<ServiceIdentity>(provider, service.ToLowerInvariant()));
        return builder;
    }

    /// <summary>Has names looked up again every <see cref="LookUp"/>.</summary>
    public static IServiceCollection AddNameLookups(this IServiceCollection services)
    {
        services.TryAddSingleton<ResolverFactory>(new DnsResolverFactory(LookUp));
        return services;
    }

    /// <summary>
    /// Lets a channel repeat calls and take turns between the addresses of a name, for example the replicas of a headless service. Returns the address
    /// to open it with.
    /// </summary>
    public static Uri Balance(this GrpcChannelOptions channel, Uri address)
    {
        channel.ServiceConfig = new ServiceConfig { MethodConfigs = { Retry() } };
        // Finds a service that comes back at once; the defaults wait up to two minutes.
        channel.InitialReconnectBackoff = TimeSpan.FromMilliseconds(100);
        channel.MaxReconnectBackoff = TimeSpan.FromSeconds(2);
        var target = Resolvable(address);
        if (target.Scheme == "dns")
        {
            channel.Credentials = address.Scheme == Uri.UriSchemeHttps ? ChannelCredentials.SecureSsl : ChannelCredentials.Insecure;
            channel.ServiceConfig.LoadBalancingConfigs.Add(new RoundRobinConfig());
        }

        return target;
    }

    /// <summary>The policy for callers: UNAVAILABLE means that the call may be repeated, because writes carry a <c>request_id</c>.</summary>
    public static MethodConfig Retry() => new()
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

    // Names are "https://segments:5102" with TLS, "dns:///segments:5102" without.
    private static Uri Resolvable(Uri address) => address.Scheme == Uri.UriSchemeHttps && address.HostNameType == UriHostNameType.Dns
        ? new Uri($"dns:///{address.Host}:{address.Port}")
        : address;
}
