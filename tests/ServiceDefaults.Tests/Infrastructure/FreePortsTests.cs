using System.Net;
using System.Net.Sockets;
using TagSegments.Embedded;

namespace TagSegments.ServiceDefaults.Tests.Infrastructure;

/// <summary>Servers that start at the same time once got the same port, and one of them failed.</summary>
public sealed class FreePortsTests
{
    [Fact]
    public void Ports_that_nobody_listens_on_yet_are_not_given_again()
    {
        var ports = new List<int>();
        Parallel.For(0, 40, _ =>
        {
            var next = FreePorts.Next(5);
            lock (ports)
            {
                ports.AddRange(next);
            }
        });

        Assert.Equal(200, ports.Distinct().Count());
        Assert.All(ports, port => Assert.InRange(port, 15_000, 32_000));
    }

    [Fact]
    public void A_port_that_somebody_listens_on_is_left_out()
    {
        var port = FreePorts.Next();
        Assert.True(FreePorts.IsFree(port));
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();

        Assert.False(FreePorts.IsFree(port));
    }
}
