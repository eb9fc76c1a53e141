using OpenTelemetry.Instrumentation.StackExchangeRedis;
using StackExchange.Redis;

namespace TagSegments.ServiceDefaults.Traces;

/// <summary>
/// Brings the connections to Redis of a process and its instrumentation together. In a process with several services, one has the traces and another
/// one the connection.
/// </summary>
internal static class RedisTraces
{
    private static readonly Lock s_gate = new();
    private static readonly HashSet<IConnectionMultiplexer> s_connections = [];
    private static StackExchangeRedisInstrumentation? s_instrumentation;

    /// <summary>Traces a connection from now on, or from when there is an instrumentation.</summary>
    public static void Add(IConnectionMultiplexer connection)
    {
        lock (s_gate)
        {
            s_connections.Add(connection);
            s_instrumentation?.AddConnection(connection);
        }
    }

    /// <summary>Forgets a connection that is closed.</summary>
    public static void Remove(IConnectionMultiplexer connection)
    {
        lock (s_gate)
        {
            s_connections.Remove(connection);
        }
    }

    /// <summary>Traces all connections with an instrumentation.</summary>
    public static void Use(StackExchangeRedisInstrumentation instrumentation)
    {
        lock (s_gate)
        {
            s_instrumentation = instrumentation;
            foreach (var connection in s_connections)
            {
                instrumentation.AddConnection(connection);
            }
        }
    }
}
