using System.Net;
using System.Net.Sockets;

namespace TagSegments.Embedded;

/// <summary>Finds free ports on loopback.</summary>
public static class FreePorts
{
    /// <summary>Returns a port that is free now.</summary>
    public static int Next() => Next(1)[0];

    /// <summary>
    /// Returns several different ports that are free now. They lie below the range that systems use for outgoing connections, so no such
    /// connection takes one before its server listens.
    /// </summary>
    public static int[] Next(int count)
    {
        var ports = new HashSet<int>();
        while (ports.Count < count)
        {
            var port = Random.Shared.Next(15_000, 32_000);
            if (IsFree(port))
            {
                ports.Add(port);
            }
        }

        return [.. ports];
    }

    /// <summary>Checks that no program listens on the port of 127.0.0.1.</summary>
    public static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
