using System.Net;
using System.Net.Sockets;
using TagSegments.ServiceDefaults.Egress;

namespace TagSegments.ServiceDefaults.Tests.Egress;

/// <summary>
/// Finding 22 of the security review: forms of IPv4 inside IPv6, Azure's platform address and any port counted as public. The rules, a row
/// for each special range, and the ways to write an address.
/// </summary>
public sealed class Finding22Tests
{
    private static readonly EgressPolicy s_policy = new(new EgressOptions());

    // The first and last address of each range are closed, and the ones before and after are open, unless they are closed by another range.
    [Theory]
    [InlineData("0.0.0.0/8", null, true)]
    [InlineData("10.0.0.0/8", true, true)]
    [InlineData("100.64.0.0/10", true, true)]
    [InlineData("127.0.0.0/8", true, true)]
    [InlineData("168.63.129.16/32", true, true)]
    [InlineData("169.254.0.0/16", true, true)]
    [InlineData("172.16.0.0/12", true, true)]
    [InlineData("192.0.0.0/24", true, true)]
    [InlineData("192.0.2.0/24", true, true)]
    [InlineData("192.31.196.0/24", true, true)]
    [InlineData("192.52.193.0/24", true, true)]
    [InlineData("192.88.99.0/24", true, true)]
    [InlineData("192.168.0.0/16", true, true)]
    [InlineData("192.175.48.0/24", true, true)]
    [InlineData("198.18.0.0/15", true, true)]
    [InlineData("198.51.100.0/24", true, true)]
    [InlineData("203.0.113.0/24", true, true)]
    [InlineData("224.0.0.0/4", true, false)]
    [InlineData("240.0.0.0/4", false, null)]
    [InlineData("::/96", null, false)]
    [InlineData("::ffff:0:0/96", false, false)]
    [InlineData("::ffff:0:0:0/96", false, false)]
    [InlineData("64:ff9b::/96", false, false)]
    [InlineData("64:ff9b:1::/48", false, false)]
    [InlineData("100::/64", false, false)]
    [InlineData("::/3", null, true)]
    [InlineData("2001::/23", true, true)]
    [InlineData("2001::/32", true, false)]
    [InlineData("2001:db8::/32", true, true)]
    [InlineData("2002::/16", true, true)]
    [InlineData("2620:4f:8000::/48", true, true)]
    [InlineData("3fff::/20", true, true)]
    [InlineData("4000::/2", true, false)]
    [InlineData("5f00::/16", false, false)]
    [InlineData("8000::/1", false, null)]
    [InlineData("fc00::/7", false, false)]
    [InlineData("fe80::/10", false, false)]
    [InlineData("fec0::/10", false, false)]
    [InlineData("ff00::/8", false, null)]
    public void A_special_range_is_closed_from_its_first_address_to_its_last(string range, bool? before, bool? after)
    {
        var network = IPNetwork.Parse(range);
        var first = network.BaseAddress;
        var last = Last(network);

        Assert.False(SpecialNetworks.IsPublic(first));
        Assert.False(SpecialNetworks.IsPublic(last));
        Assert.Equal(before, Neighbour(first, -1) is { } lower ? SpecialNetworks.IsPublic(lower) : null);
        Assert.Equal(after, Neighbour(last, 1) is { } upper ? SpecialNetworks.IsPublic(upper) : null);
    }

    [Fact]
    public void Every_range_of_the_rules_has_a_row_of_its_own()
    {
        var rows = typeof(Finding22Tests).GetMethod(nameof(A_special_range_is_closed_from_its_first_address_to_its_last))!
            .GetCustomAttributes(typeof(InlineDataAttribute), false)
            .SelectMany(row => ((InlineDataAttribute)row).GetData(null!))
            .Select(row => IPNetwork.Parse((string)row[0]));

        Assert.Empty(SpecialNetworks.All.Except(rows));
    }

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://127.0.0.1./")]
    [InlineData("http://127.1/")]
    [InlineData("http://localhost:8080/hook")]
    [InlineData("http://localhost./hook")]
    [InlineData("http://LOCALHOST/hook")]
    [InlineData("http://0/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://017700000001/")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://0x7f000001/")]
    [InlineData("http://0x7f.1/")]
    [InlineData("http://１２７.０.０.１/")]
    [InlineData("http://127。0。0。1/")]
    [InlineData("http://①②⑦.⓪.⓪.①/")]
    [InlineData("http://%31%32%37.0.0.1/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::127.0.0.1]/")]
    [InlineData("http://[::10.0.0.1]/")]
    [InlineData("http://[::ffff:127.0.0.1]/")]
    [InlineData("http://[::ffff:8.8.8.8]/")]
    [InlineData("http://[::ffff:0:10.0.0.1]/")]
    [InlineData("http://[64:ff9b::7f00:1]/")]
    [InlineData("http://[64:ff9b:1::7f00:1]/")]
    [InlineData("http://[2002:7f00:1::]/")]
    [InlineData("http://[2001::1]/")]
    [InlineData("http://[fd00:ec2::254]/")]
    [InlineData("http://[fe80::1]/")]
    [InlineData("http://168.63.129.16/")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://100.100.100.200/")]
    [InlineData("http://8.8.8.8:22/")]
    [InlineData("http://8.8.8.8:5432/")]
    [InlineData("http://8.8.8.8:6379/")]
    [InlineData("http://8.8.8.8:1023/")]
    [InlineData("http://8.8.8.8:0/")]
    [InlineData("http://user:secret@8.8.8.8/")]
    [InlineData("http://8.8.8.8@127.0.0.1/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://example.org/")]
    [InlineData("//example.org/")]
    [InlineData("not a url")]
    [InlineData("")]
    public async Task A_url_that_leads_inside_is_refused_when_it_is_saved(string url) =>
        Assert.NotNull(await s_policy.ProblemAsync(url, CancellationToken.None));

    [Theory]
    [InlineData("https://8.8.8.8/hook")]
    [InlineData("https://8.8.8.8:8443/hook")]
    [InlineData("http://8.8.8.8:1024/")]
    [InlineData("http://[2606:4700::1111]/")]
    public async Task A_public_url_is_accepted(string url) => Assert.Null(await s_policy.ProblemAsync(url, CancellationToken.None));

    [Fact]
    public void The_operator_may_allow_networks_and_ports()
    {
        var policy = new EgressPolicy(new EgressOptions { AllowedNetworks = ["10.1.2.0/24", "fd00::/64"], AllowedPorts = [587] });

        Assert.Null(policy.Problem("http://10.1.2.255:587/"));
        Assert.Null(policy.Problem("http://[fd00::1]/"));
        Assert.NotNull(policy.Problem("http://10.1.3.0/"));
        Assert.NotNull(policy.Problem("http://[::ffff:10.1.2.3]/"));
        Assert.NotNull(policy.Problem("http://10.1.2.3:588/"));
    }

    private static IPAddress Last(IPNetwork network)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        for (var bit = network.PrefixLength; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }

        return new IPAddress(bytes);
    }

    // Null beyond the first and last of all addresses.
    private static IPAddress? Neighbour(IPAddress address, int step)
    {
        var bytes = address.GetAddressBytes();
        var end = (byte)(step > 0 ? 255 : 0);
        var i = bytes.Length - 1;
        for (; i >= 0 && bytes[i] == end; i--)
        {
            bytes[i] = (byte)~end;
        }

        if (i < 0)
        {
            return null;
        }

        bytes[i] = (byte)(bytes[i] + step);
        return new IPAddress(bytes);
    }
}
