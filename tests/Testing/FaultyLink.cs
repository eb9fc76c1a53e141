using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace TagSegments.Testing;

/// <summary>A way over the network to a server on this machine: it can be slow, narrow, cut in one direction, or break.</summary>
public sealed class FaultyLink : IAsyncDisposable
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(10);
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Connection, Task> _connections = new();
    private readonly Task _accepting;

    private FaultyLink(int target)
    {
        Target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The port at which the server is reached over this way.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The port of the server.</summary>
    public int Target { get; set; }

    /// <summary>How long each piece takes, there and back.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>How many bytes pass in a second; null for all.</summary>
    public int? BytesPerSecond { get; set; }

    /// <summary>Of how many pieces one breaks its connection; 0 for none.</summary>
    public int BreaksOneOf { get; set; }

    /// <summary>Whether nothing reaches the server.</summary>
    public bool IsCutThere { get; set; }

    /// <summary>Whether nothing comes back from the server.</summary>
    public bool IsCutBack { get; set; }

    /// <summary>How many connections were made.</summary>
    public int Connected { get; private set; }

    /// <summary>How many connections broke by <see cref="BreaksOneOf"/>.</summary>
    public int Broken { get; private set; }

    /// <summary>How many pieces a cut has held up.</summary>
    public int HeldUp { get; private set; }

    /// <summary>Makes a way to a server; its port may be given later.</summary>
    public static FaultyLink Start(int target = 0) => new(target);

    /// <summary>Lets the connections that there are carry nothing any more, without a word to either side; new ones work.</summary>
    public void ForgetConnections()
    {
        foreach (var connection in _connections.Keys)
        {
            connection.IsForgotten = true;
        }
    }

    /// <summary>Breaks the connections that there are, with what is under way on them.</summary>
    public void BreakConnections()
    {
        foreach (var connection in _connections.Keys)
        {
            connection.Client.Client.Close(0);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections.Values);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Connected++;
                var connection = new Connection(client);
                _connections[connection] = Task.Run(() => CarryAsync(connection));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    // Either side may end the connection; the end of one direction is the end of both.
    private async Task CarryAsync(Connection connection)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        using var client = connection.Client;
        using var server = new TcpClient();
        client.NoDelay = server.NoDelay = true;
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, Target, ended.Token);
            var there = CarryAsync(client.GetStream(), server.GetStream(), () => IsCutThere || connection.IsForgotten, ended.Token);
            var back = CarryAsync(server.GetStream(), client.GetStream(), () => IsCutBack || connection.IsForgotten, ended.Token);
            await Task.WhenAny(there, back);
            await ended.CancelAsync();
            await Task.WhenAll(there, back);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or InvalidOperationException)
        {
            client.Client.Close(0);
        }

        _connections.TryRemove(connection, out _);
    }

    private async Task CarryAsync(NetworkStream from, NetworkStream to, Func<bool> isCut, CancellationToken ct)
    {
        var piece = new byte[16 * 1024];
        while (await from.ReadAsync(piece, ct) is > 0 and var length)
        {
            await Task.Delay(Delay + TimeSpan.FromSeconds(BytesPerSecond is { } rate ? (double)length / rate : 0), ct);
            // What is sent into a cut stays with the sender, and arrives when the way is open again.
            HeldUp += isCut() ? 1 : 0;
            while (isCut())
            {
                await Task.Delay(s_look, ct);
            }

            if (BreaksOneOf > 0 && Random.Shared.Next(BreaksOneOf) == 0)
            {
                Broken++;
                throw new IOException("The connection broke.");
            }

            await to.WriteAsync(piece.AsMemory(0, length), ct);
        }
    }

    private sealed class Connection(TcpClient client)
    {
        public TcpClient Client => client;

        public bool IsForgotten { get; set; }
    }
}
