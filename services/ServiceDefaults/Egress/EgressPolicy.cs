using System.Net;
using System.Net.Sockets;

namespace TagSegments.ServiceDefaults.Egress;

/// <summary>
/// Decides which URLs a service may call, however they are written: what leads inside our own network is refused, unless the operator allows it.
/// A URL is checked when it is saved, for a clear error, and its address when the connection is made, for good.
/// </summary>
public sealed class EgressPolicy(EgressOptions options)
{
    private const int FirstFreePort = 1_024;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    // Servers that trust whoever reaches them, and the ports from 1024 on that the Fetch standard blocks
    // (https://fetch.spec.whatwg.org/#port-blocking): what HTTP sends could be read there as commands.
    private static readonly HashSet<int> s_closedPorts =
    [
        1433, 1434, 1521, 1719, 1720, 1723, 2049, 2181, 2375, 2376, 2379, 2380, 3306, 3389, 3659, 4045, 4190, 5060, 5061, 5432, 5433, 5672, 5900,
        5984, 5985, 5986, 6000, 6379, 6380, 6443, 6432, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 8500, 9042, 9092, 9200, 9300, 10080, 10250,
        10255, 11211, 27017, 27018, 27019,
    ];

    private readonly IPNetwork[] _allowed = [.. options.AllowedNetworks.Select(IPNetwork.Parse)];

    /// <summary>Whether connections to the address are allowed.</summary>
    public bool Allows(IPAddress address) => SpecialNetworks.IsPublic(address) || SpecialNetworks.IsIn(_allowed, address);

    /// <summary>Whether connections to the port are allowed.</summary>
    public bool Allows(int port) =>
        port is 80 or 443 || (port >= FirstFreePort && !s_closedPorts.Contains(port)) || options.AllowedPorts.Contains(port);

    /// <summary>Says why the URL may not be called; null if it may, as far as the URL shows.</summary>
    public string? Problem(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp))
        {
            return "must be an absolute http or https URL";
        }

        if (uri.UserInfo.Length > 0)
        {
            return "must not hold a user or password";
        }

        if (!Allows(uri.Port))
        {
            return $"must not use port {uri.Port}";
        }

        return IPAddress.TryParse(HostOf(uri), out var address) && !Allows(address) ? Refusal(uri) : null;
    }

    /// <summary>Says why the URL may not be called; null if it may, as far as that is known before it is called.</summary>
    public async Task<string?> ProblemAsync(string url, CancellationToken ct)
    {
        if (Problem(url) is { } problem)
        {
            return problem;
        }

        var uri = new Uri(url);
        var addresses = await TryResolveAsync(HostOf(uri), ct);
        return addresses.Length > 0 && !addresses.Any(Allows) ? Refusal(uri) : null;
    }

    /// <summary>Finds the addresses of a host that may be connected to; throws if it has others only.</summary>
    public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken ct)
    {
        IPAddress[] allowed = [.. (await AddressesAsync(host, ct)).Where(Allows)];
        return allowed.Length > 0 ? allowed : throw new AddressRefusedException($"{host} is a private, local or reserved address.");
    }

    /// <summary>The host of a URL in its plain form: international names in ASCII, without brackets or the dot of the root.</summary>
    public static string HostOf(Uri uri) => uri.IdnHost.Trim('[', ']').TrimEnd('.').ToLowerInvariant();

    private static string Refusal(Uri uri) => $"{uri.Host} is a private, local or reserved address";

    // A name that cannot be resolved now may be resolved when it is called.
    private static async Task<IPAddress[]> TryResolveAsync(string host, CancellationToken ct)
    {
        try
        {
            return await AddressesAsync(host, ct).WaitAsync(s_patience, ct);
        }
        catch (Exception e) when (e is SocketException or TimeoutException or ArgumentException)
        {
            return [];
        }
    }

    // Numbers are read as every resolver reads them: decimal, octal, hexadecimal, with fewer than four parts.
    private static async Task<IPAddress[]> AddressesAsync(string host, CancellationToken ct) =>
        IPAddress.TryParse(host, out var address) ? [address] : await Dns.GetHostAddressesAsync(host, ct);
}

/// <summary>A URL or address that must not be called.</summary>
public sealed class AddressRefusedException(string message) : Exception(message);
