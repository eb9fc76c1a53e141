using System.Net;
using System.Net.Sockets;

namespace TagSegments.Embedded;

/// <summary>Ports on loopback that nobody listens on.</summary>
public static class FreePorts
{
    /// <summary>Takes one that is free now.</summary>
    public static int Next() => Next(1)[0];

    /// <summary>
    /// Takes several different ones that are free now. They lie below the range from which systems number outgoing connections, so that
    /// none of those takes one before its server listens.
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

    /// <summary>Whether nobody listens on the port of 127.0.0.1.</summary>
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
