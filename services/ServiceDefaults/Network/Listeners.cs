using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TagSegments.ServiceDefaults.Network;

/// <summary>Opens the addresses of a service, and answers at each only what belongs there.</summary>
public static class Listeners
{
    /// <summary>Listens at each address that is configured: with TLS where it begins with <c>https</c>.</summary>
    internal static void Listen(this KestrelServerOptions kestrel, IConfiguration configuration)
    {
        var certificate = ServerCertificate.From(configuration, kestrel.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger("Tls"));
        foreach (var listener in Enum.GetValues<Listener>())
        {
            if (configuration[$"{listener}:Address"] is { Length: > 0 } address)
            {
                kestrel.Listen(listener, new Uri(address), certificate);
            }
        }
    }

    /// <summary>Says at which address endpoints are answered. Endpoints that do not say it are what the program is for: calls, or pages.</summary>
    public static TBuilder ServedOn<TBuilder>(this TBuilder endpoints, Listener listener)
        where TBuilder : IEndpointConventionBuilder => endpoints.WithMetadata(new At(listener));

    /// <summary>Returns whether a request came to this address.</summary>
    internal static bool IsAt(HttpContext context, Listener listener) => context.Features.Get<At>()?.Listener == listener;

    /// <summary>Hides endpoints from the addresses to which they do not belong.</summary>
    internal static void UseListeners(this WebApplication app, Listener others = Listener.Grpc) => app.Use((context, next) =>
    {
        var belongs = context.GetEndpoint()?.Metadata.GetMetadata<At>()?.Listener ?? others;
        if (context.GetEndpoint() is null || IsAt(context, belongs))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    });

    private static void Listen(this KestrelServerOptions kestrel, Listener listener, Uri address, ServerCertificate? certificate)
    {
        var ip = address.Host switch
        {
            "localhost" => IPAddress.Loopback,
            "0.0.0.0" or "+" or "*" => IPAddress.Any,
            var host => IPAddress.Parse(host.Trim('[', ']')),
        };
        kestrel.Listen(ip, address.Port, listen =>
        {
            listen.Protocols = listener == Listener.Grpc ? HttpProtocols.Http2 : HttpProtocols.Http1;
            listen.Use(next => connection =>
            {
                connection.Features.Set(new At(listener));
                return next(connection);
            });
            if (address.Scheme == Uri.UriSchemeHttps)
            {
                listen.UseHttps(Tls(listener, certificate ?? throw MissingCertificate(listener, address)));
            }
        });
    }

    private static TlsHandshakeCallbackOptions Tls(Listener listener, ServerCertificate certificate) => new()
    {
        OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate.Current,
            ApplicationProtocols = [listener == Listener.Grpc ? SslApplicationProtocol.Http2 : SslApplicationProtocol.Http11],
        }),
    };

    private static InvalidOperationException MissingCertificate(Listener listener, Uri address) => new(
        $"{listener}:Address is {address.OriginalString}, but there is no certificate. Set Tls:Certificate and Tls:Key to PEM files, or begin the address with http.");

    private sealed record At(Listener Listener);
}
