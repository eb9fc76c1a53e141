using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace TagSegments.ServiceDefaults.Egress;

/// <summary>
/// Sends requests under an <see cref="EgressPolicy"/>. The address is checked when the connection is made, so a name that resolves differently
/// from one moment to the next gains nothing. There are no redirects, proxies, cookies or trace headers.
/// </summary>
public sealed class EgressHandler : DelegatingHandler
{
    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_busy = TimeSpan.FromSeconds(1);

    // Connections that nobody uses count among those of their address, so they are not kept for long.
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_lifetime = TimeSpan.FromMinutes(1);

    private readonly EgressPolicy _policy;
    private readonly PartitionedRateLimiter<IPAddress> _connections;

    /// <summary>Makes the handler of an <see cref="HttpClient"/>.</summary>
    public EgressHandler(EgressPolicy policy, EgressOptions options)
    {
        _policy = policy;
        _connections = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address =>
            RateLimitPartition.GetConcurrencyLimiter(address, _ => new() { PermitLimit = options.ConnectionsPerAddress }));
        InnerHandler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = s_connectTimeout,
            PooledConnectionIdleTimeout = s_idle,
            PooledConnectionLifetime = s_lifetime,
            MaxConnectionsPerServer = options.CallsPerHost,
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 0,
            ConnectCallback = (context, ct) => ConnectAsync(context.DnsEndPoint, ct),
        };
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (_policy.Problem(request.RequestUri!.AbsoluteUri) is { } problem)
        {
            throw new AddressRefusedException($"The URL {problem}.");
        }

        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e) when (e.InnerException is AddressRefusedException or DestinationBusyException)
        {
            throw e.InnerException;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _connections.Dispose();
    }

    private async ValueTask<Stream> ConnectAsync(DnsEndPoint target, CancellationToken ct)
    {
        var addresses = await _policy.ResolveAsync(target.Host.TrimEnd('.'), ct);
        for (var i = 0; ; i++)
        {
            try
            {
                return await ConnectAsync(new IPEndPoint(addresses[i], target.Port), target.Host, ct);
            }
            catch (SocketException) when (i + 1 < addresses.Length)
            {
                // The host may answer at its next address.
            }
        }
    }

    private async Task<Stream> ConnectAsync(IPEndPoint address, string host, CancellationToken ct)
    {
        var place = _connections.AttemptAcquire(address.Address);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (!place.IsAcquired)
            {
                throw new DestinationBusyException(host, s_busy);
            }

            await socket.ConnectAsync(address, ct);
            return new Connection(socket, place);
        }
        catch
        {
            // After any failure: nothing else owns them yet.
            socket.Dispose();
            place.Dispose();
            throw;
        }
    }

    /// <summary>A connection that gives back its place when it is closed.</summary>
    private sealed class Connection(Socket socket, RateLimitLease place) : NetworkStream(socket, ownsSocket: true)
    {
        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            place.Dispose();
        }
    }
}
