using StackExchange.Redis;

namespace TagSegments.ServiceDefaults.Data;

/// <summary>The service's connection to Redis, or none: Redis makes things fast and is never needed for a right answer.</summary>
public sealed class RedisConnection : IAsyncDisposable
{
    private readonly ConnectionMultiplexer? _connection;

    private RedisConnection(ConnectionMultiplexer? connection) => _connection = connection;

    /// <summary>The database; null if no Redis is configured or it cannot be reached now.</summary>
    public IDatabase? Database => _connection is { IsConnected: true } ? _connection.GetDatabase() : null;

    /// <summary>Opens the connection. A server that is down is tried again in the background.</summary>
    public static RedisConnection Open(string? connectionString, Action<ConfigurationOptions>? configure = null)
    {
        if (string.IsNullOrEmpty(connectionString))
        {
            return new RedisConnection(null);
        }

        var options = ConfigurationOptions.Parse(connectionString);
        options.AbortOnConnectFail = false;
        options.ConnectTimeout = 1_000;
        configure?.Invoke(options);
        return new RedisConnection(ConnectionMultiplexer.Connect(options));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }
    }
}
