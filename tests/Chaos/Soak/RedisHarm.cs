using StackExchange.Redis;
using TagSegments.Chaos.Rig;

namespace TagSegments.Chaos.Soak;

/// <summary>Does to the data of Redis what operators and backups do.</summary>
internal sealed class RedisHarm(ChaosRig rig, Func<IEnumerable<int>> accounts)
{
    private readonly Dictionary<RedisKey, RedisValue> _old = [];

    /// <summary>Removes everything.</summary>
    public Task FlushAsync() => OnServerAsync((server, _) => server.FlushAllDatabasesAsync());

    /// <summary>Leaves no room for a while: either nothing can be written or everything is soon evicted.</summary>
    public Task FillAsync(bool evicts, TimeSpan duration) => OnServerAsync(async (server, _) =>
    {
        await server.ConfigSetAsync("maxmemory-policy", evicts ? "allkeys-lru" : "noeviction");
        await server.ConfigSetAsync("maxmemory", "1");
        await Task.Delay(duration);
        await server.ConfigSetAsync("maxmemory", "0");
    });

    /// <summary>Brings back what was there at the call before, and keeps what is there now. Accounts that may be erased are left alone.</summary>
    public Task RestoreAsync() => OnServerAsync(async (server, database) =>
    {
        var now = new Dictionary<RedisKey, RedisValue>();
        foreach (var account in accounts())
        {
            await foreach (var key in server.KeysAsync(pattern: $"idx:{{{account}}}:*"))
            {
                now[key] = await database.StringGetAsync(key);
            }
        }

        foreach (var (key, value) in _old)
        {
            await database.StringSetAsync(key, value);
        }

        _old.Clear();
        foreach (var (key, value) in now)
        {
            _old[key] = value;
        }
    });

    private async Task OnServerAsync(Func<IServer, IDatabase, Task> act)
    {
        // Patient: the machine is busy.
        await using var connection = await ConnectionMultiplexer.ConnectAsync(
            $"{rig.RedisAddress},allowAdmin=true,connectTimeout=60000,asyncTimeout=60000,syncTimeout=60000");
        await act(connection.GetServers()[0], connection.GetDatabase());
    }
}
