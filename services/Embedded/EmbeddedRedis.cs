using System.Globalization;
using Garnet;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace TagSegments.Embedded;

/// <summary>A Redis-compatible server (Garnet) inside this process, on loopback, in memory only.</summary>
public sealed class EmbeddedRedis : IDisposable
{
    private readonly GarnetServer _server;

    private EmbeddedRedis(GarnetServer server, int port)
    {
        _server = server;
        Port = port;
    }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The address as StackExchange.Redis takes it.</summary>
    public string ConnectionString => $"127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Starts the server; port 0 takes a free one.</summary>
    public static EmbeddedRedis Start(int port = 0, ILoggerFactory? logs = null)
    {
        if (port != 0 && !FreePorts.IsFree(port))
            throw new EmbeddedServerException($"Port {port} for the embedded Redis is taken. Stop what uses it or choose another port.");

        var actual = port != 0 ? port : FreePorts.Next();
        string[] arguments =
        [
            "--bind", "127.0.0.1", "--port", actual.ToString(CultureInfo.InvariantCulture),
            "--lua", "--lua-transaction-mode", "-m", "512m", "--index", "16m", "-q",
        ];
        var server = new GarnetServer(arguments, logs ?? NullLoggerFactory.Instance);
        server.Start();
        return new EmbeddedRedis(server, actual);
    }

    public void Dispose() => _server.Dispose();
}
