using System.Net;

namespace TagSegments.ServiceDefaults.Egress;

/// <summary>
/// Distinguishes public addresses from those inside somebody's network: everything that the IANA registries of special-purpose addresses do not
/// call globally reachable, multicast, and what clouds answer from inside.
/// </summary>
public static class SpecialNetworks
{
    private static readonly IPNetwork s_anyIPv4 = IPNetwork.Parse("0.0.0.0/0");

    // https://www.iana.org/assignments/ipv6-address-space: all that is given to anybody to be reached at. What lies outside needs no row: loopback,
    // ::/96 and ::ffff:0:0/96 and ::ffff:0:0:0/96 (IPv4 inside IPv6), 64:ff9b::/96 and 64:ff9b:1::/48 (NAT64), 100::/64, 5f00::/16, fc00::/7,
    // fe80::/10, fec0::/10, ff00::/8.
    private static readonly IPNetwork s_globalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>The special networks of IPv4, and those of IPv6 within global unicast.</summary>
    public static IReadOnlyList<IPNetwork> All { get; } =
    [
        .. new[]
        {
            "0.0.0.0/8", // this network
            "10.0.0.0/8", // private
            "100.64.0.0/10", // shared, of carriers; Alibaba's metadata
            "127.0.0.0/8", // loopback
            "168.63.129.16/32", // Azure's platform, inside its virtual networks
            "169.254.0.0/16", // link-local; the metadata of most clouds
            "172.16.0.0/12", // private
            "192.0.0.0/24", // protocol assignments; Oracle's metadata
            "192.0.2.0/24", // documentation
            "192.31.196.0/24", // AS112
            "192.52.193.0/24", // AMT
            "192.88.99.0/24", // 6to4 relays
            "192.168.0.0/16", // private
            "192.175.48.0/24", // AS112
            "198.18.0.0/15", // benchmarks
            "198.51.100.0/24", // documentation
            "203.0.113.0/24", // documentation
            "224.0.0.0/4", // multicast
            "240.0.0.0/4", // reserved, and broadcast
            "2001::/23", // protocol assignments; Teredo
            "2001:db8::/32", // documentation
            "2002::/16", // 6to4
            "2620:4f:8000::/48", // AS112
            "3fff::/20", // documentation
        }.Select(IPNetwork.Parse),
    ];

    /// <summary>Whether the address is public. IPv4 inside IPv6 is not, whatever it leads to.</summary>
    public static bool IsPublic(IPAddress address) => IsIn([s_anyIPv4, s_globalUnicast], address) && !IsIn(All, address);

    /// <summary>Whether the address is in one of the networks.</summary>
    public static bool IsIn(IReadOnlyList<IPNetwork> networks, IPAddress address) =>
        // IPNetwork takes ::ffff:a.b.c.d for a.b.c.d, also in networks of IPv6.
        !address.IsIPv4MappedToIPv6 && networks.Any(network => network.Contains(address));
}
