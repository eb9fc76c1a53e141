using System.Net;
using System.Net.Sockets;

namespace TagSegments.Embedded;

/// <summary>
/// Finds free ports on loopback. A port is free until its server listens, so processes that look at the same time could find the same one: each
/// has a range of its own, which it holds by listening on the first port of it.
/// </summary>
public static class FreePorts
{
    // Below the range that systems use for outgoing connections, so no such connection takes one before its server listens.
    private const int First = 15_000;
    private const int Ranges = 34;
    private const int RangeSize = 500;

    private static readonly Lock s_gate = new();
    private static TcpListener? s_range;
    private static int s_taken;

    /// <summary>Returns a port that is free now.</summary>
    public static int Next() => Next(1)[0];

    /// <summary>Returns several different ports that are free now, and that nobody else looks for.</summary>
    public static int[] Next(int count)
    {
        lock (s_gate)
        {
            s_range ??= HoldRange();
            var first = ((IPEndPoint)s_range.LocalEndpoint).Port;
            var ports = new HashSet<int>();
            while (ports.Count < count)
            {
                var port = first + 1 + (s_taken++ % (RangeSize - 1));
                if (IsFree(port))
                {
                    ports.Add(port);
                }
            }

            return [.. ports];
        }
    }

    /// <summary>Checks that no program listens on the port of 127.0.0.1.</summary>
    public static bool IsFree(int port)
    {
        using var listener = Listen(port);
        return listener is not null;
    }

    // Any range, lest processes that start one after the other take the ports of the one before.
    private static TcpListener HoldRange() => Enumerable.Range(0, Ranges)
        .OrderBy(_ => Random.Shared.Next())
        .Select(range => Listen(First + (range * RangeSize)))
        .FirstOrDefault(listener => listener is not null) ?? throw new InvalidOperationException("All ranges of ports are held by other processes.");

    private static TcpListener? Listen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException)
        {
            listener.Dispose();
            return null;
        }
    }
}
