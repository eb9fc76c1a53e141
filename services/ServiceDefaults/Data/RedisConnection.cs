using System.Runtime.CompilerServices;
using StackExchange.Redis;
using TagSegments.ServiceDefaults.Traces;

namespace TagSegments.ServiceDefaults.Data;

/// <summary>The service's connection to Redis, if there is one: Redis makes answers fast and is never needed for a correct one.</summary>
public sealed class RedisConnection : IAsyncDisposable
{
    private readonly ConnectionMultiplexer? _connection;

    private RedisConnection(ConnectionMultiplexer? connection) => _connection = connection;

    /// <summary>The database; null if no Redis is configured or it cannot be reached now.</summary>
    public IDatabase? Database => _connection is { IsConnected: true } ? _connection.GetDatabase() : null;

    /// <summary>Gets the database, or throws if it cannot be reached now.</summary>
    public IDatabase RequireDatabase() => Database ?? throw new TimeoutException("Redis cannot be reached.");

    /// <summary>
    /// Lists the keys that match a pattern, in all servers, without holding one up, or throws if one cannot be reached. There are none if no Redis
    /// is configured.
    /// </summary>
    public async IAsyncEnumerable<RedisKey> KeysAsync(string pattern, [EnumeratorCancellation] CancellationToken ct)
    {
        if (_connection is null)
        {
            yield break;
        }

        var database = RequireDatabase().Database;
        foreach (var server in await MastersAsync(_connection))
        {
            await foreach (var key in server.KeysAsync(database, pattern, pageSize: 1_000).WithCancellation(ct))
            {
                yield return key;
            }
        }
    }

    /// <summary>Opens the connection. If the server is down, it is retried in the background.</summary>
    public static RedisConnection Open(string? connectionString, Action<ConfigurationOptions>? configure = null)
    {
        if (string.IsNullOrEmpty(connectionString))
        {
            return new RedisConnection(null);
        }

        var options = ConfigurationOptions.Parse(connectionString);
        options.AbortOnConnectFail = false;
        options.ConnectTimeout = 1_000;
        // The answer would come from the authority's server in the Internet, which networks close.
        options.CheckCertificateRevocation = false;
        configure?.Invoke(options);
        var connection = ConnectionMultiplexer.Connect(options);
        RedisTraces.Add(connection);
        return new RedisConnection(connection);
    }

    // Servers come to a cluster and leave it, so it is asked for its masters. One that failed counts as long as it has slots: it may come back with
    // its keys.
    private static async Task<IEnumerable<IServer>> MastersAsync(ConnectionMultiplexer connection)
    {
        var servers = connection.GetServers();
        if (servers.FirstOrDefault(server => server is { IsConnected: true, ServerType: ServerType.Cluster }) is not { } member)
        {
            return servers.Where(server => !server.IsReplica);
        }

        await connection.ConfigureAsync();
        var cluster = member.ClusterConfiguration ?? throw new TimeoutException("The Redis cluster does not tell its nodes.");
        return cluster.Nodes
            .Where(node => !node.IsReplica && (node.Slots.Count > 0 || node is { IsConnected: true, IsFail: false }))
            .Select(node => connection.GetServer(node.EndPoint!));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            RedisTraces.Remove(_connection);
            await _connection.DisposeAsync();
        }
    }
}
