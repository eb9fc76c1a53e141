using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using TagSegments.ServiceDefaults.Auth;
using TagSegments.ServiceDefaults.Pipeline;
using TagSegments.ServiceDefaults.Network;

namespace TagSegments.ServiceDefaults.Host;

/// <summary>Adds the clients through which services call one another.</summary>
public static class ServiceClients
{
    /// <summary>Adds a client of another service, whose address is <c>Services:<paramref name="service"/></c>.</summary>
    public static WebApplicationBuilder AddServiceClient<TClient>(this WebApplicationBuilder builder, string service)
        where TClient : ClientBase
    {
        var trust = ServiceTrust.Check(builder.Configuration["Tls:Authority"]);
        builder.Services.AddGrpcClient<TClient>(options =>
            {
                var address = new Uri(builder.Configuration[$"Services:{service}"]
                    ?? throw new InvalidOperationException($"Set Services:{service} (Services__{service}) to that service's address."));
                options.Address = Resolvable(address);
                options.ChannelOptionsActions.Add(channel => channel.ServiceConfig = new ServiceConfig { MethodConfigs = { Retry() } });
                if (options.Address.Scheme == "dns")
                {
                    options.ChannelOptionsActions.Add(channel => BalanceOverAddresses(channel, address));
                }
            })
            .ConfigureChannel(channel =>
            {
                // Finds a service that comes back at once; the defaults wait up to two minutes.
                channel.InitialReconnectBackoff = TimeSpan.FromMilliseconds(100);
                channel.MaxReconnectBackoff = TimeSpan.FromSeconds(2);
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                EnableMultipleHttp2Connections = true,
                SslOptions = { RemoteCertificateValidationCallback = trust },
            })
            .AddInterceptor<CallerReports>()
            .AddInterceptor(provider => ActivatorUtilities.CreateInstance<TrustReports>(provider, service.ToLowerInvariant()))
            .AddInterceptor(provider => ActivatorUtilities.CreateInstance<ServiceIdentity>(provider, service.ToLowerInvariant()));
        return builder;
    }

    // Every address of a name gets its share of the calls, for example the replicas of a headless service: "https://segments:5102" with TLS,
    // "dns:///segments:5102" without.
    private static Uri Resolvable(Uri address) => address.Scheme == Uri.UriSchemeHttps && address.HostNameType == UriHostNameType.Dns
        ? new Uri($"dns:///{address.Host}:{address.Port}")
        : address;

    private static void BalanceOverAddresses(GrpcChannelOptions channel, Uri address)
    {
        channel.Credentials = address.Scheme == Uri.UriSchemeHttps ? ChannelCredentials.SecureSsl : ChannelCredentials.Insecure;
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
}
