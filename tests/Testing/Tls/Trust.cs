using System.Net.Security;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using TagSegments.ServiceDefaults.Network;

namespace TagSegments.Testing.Tls;

/// <summary>Asks a service as a client that knows an authority.</summary>
public static class Trust
{
    /// <summary>
    /// Returns whether a client talks to the service: false if it refuses the service's certificate. Without an authority it knows those of the
    /// machine.
    /// </summary>
    public static Task<bool> ExistsAsync(string address, TestAuthority? authority) => ExistsAsync(address, PrivateAuthority.Check(authority?.CertificateFile));

    /// <summary>Returns whether a client that checks certificates in this way talks to the service.</summary>
    public static async Task<bool> ExistsAsync(string address, RemoteCertificateValidationCallback? check)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = check;
        using var channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = handler });
        try
        {
            await new Health.HealthClient(channel).CheckAsync(new());
            return true;
        }
        catch (RpcException e) when (e.Status.DebugException is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError })
        {
            return false;
        }
    }
}
