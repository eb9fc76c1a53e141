using System.Net;
using System.Net.Sockets;

namespace TagSegments.Embedded;

/// <summary>Ports on loopback that nobody listens on.</summary>
public static class FreePorts
{
    /// <summary>Takes one that is free now.</summary>
    public static int Next() => Next(1)[0];

    /// <summary>Takes several different ones that are free now.</summary>
    public static int[] Next(int count)
    {
        // Held together until all are known, so that none is given twice.
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        try
        {
            foreach (var listener in listeners)
                listener.Start();
            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            foreach (var listener in listeners)
                listener.Dispose();
        }
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
