using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using TagSegments.ServiceDefaults.Auth;

namespace TagSegments.ServiceDefaults.Host;

/// <summary>Adds the clients through which services call one another.</summary>
public static class ServiceClients
{
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
                // Finds a service that comes back at once; the defaults wait up to two minutes.
                channel.InitialReconnectBackoff = TimeSpan.FromMilliseconds(100);
                channel.MaxReconnectBackoff = TimeSpan.FromSeconds(2);
            })
            .AddInterceptor(provider => ActivatorUtilities.CreateInstance<ServiceIdentity>(provider, service.ToLowerInvariant()));
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
}
