using System.Globalization;
using StackExchange.Redis;
using TagSegments.Embedded;
using TagSegments.Embedded.Postgres;

namespace TagSegments.Testing;

/// <summary>A Redis Cluster of masters on loopback, without replicas; each can be killed, and comes back empty at its address.</summary>
internal sealed class RedisCluster : IAsyncDisposable
{
    private const int Slots = 16_384;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("tagsegments_cluster_").FullName;
    private readonly List<(int Port, int ClusterPort, RedisProcess Process)> _masters = [];

    private RedisCluster()
    {
    }

    /// <summary>The addresses of the masters, as StackExchange.Redis takes them.</summary>
    public string ConnectionString => string.Join(',', _masters.Select(master => Address(master.Port)));

    /// <summary>How many masters there are.</summary>
    public int Count => _masters.Count;

    /// <summary>Starts a cluster and waits until it serves all slots.</summary>
    public static async Task<RedisCluster> StartAsync(int masters = 3)
    {
        var cluster = new RedisCluster();
        try
        {
            for (var i = 0; i < masters; i++)
            {
                await cluster.AddAsync();
            }

            await AdministerAsync(["create", .. cluster._masters.Select(master => Address(master.Port))]);
            await Task.WhenAll(Enumerable.Range(0, masters).Select(cluster.WaitUntilServingAsync));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more master, without slots, that belongs to the cluster.</summary>
    public async Task JoinAsync()
    {
        await AddAsync();
        await AdministerAsync(["add-node", Address(_masters[^1].Port), Address(_masters[0].Port)]);
        await WaitUntilServingAsync(Count - 1);
    }

    /// <summary>Kills a master.</summary>
    public Task KillAsync(int master) => _masters[master].Process.KillAsync();

    /// <summary>Starts a killed master again, and waits until it serves its slots.</summary>
    public async Task StartAsync(int master, CancellationToken ct)
    {
        var (port, clusterPort, _) = _masters[master];
        _masters[master] = (port, clusterPort, await RedisProcess.StartForClusterAsync(port, clusterPort, _folder, ct));
        await WaitUntilServingAsync(master);
    }

    /// <summary>Stops a master where it is for a while.</summary>
    public async Task PauseAsync(int master, TimeSpan duration)
    {
        _masters[master].Process.Pause();
        await Task.Delay(duration);
        _masters[master].Process.Continue();
    }

    /// <summary>Moves the slot of a key with its keys to another master, while the cluster serves; returns the master that had it.</summary>
    public async Task<int> MoveSlotAsync(RedisKey key, int to)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"{ConnectionString},allowAdmin=true");
        var slot = connection.HashSlot(key);
        var nodes = (await connection.GetServers()[0].ClusterNodesAsync())!;
        var from = _masters.FindIndex(master => nodes.GetBySlot(slot)!.EndPoint!.ToString() == Address(master.Port));
        var (source, target) = (Server(connection, from), Server(connection, to));
        var (sourceId, targetId) = ($"{await source.ExecuteAsync("CLUSTER", "MYID")}", $"{await target.ExecuteAsync("CLUSTER", "MYID")}");
        await target.ExecuteAsync("CLUSTER", "SETSLOT", slot, "IMPORTING", sourceId);
        await source.ExecuteAsync("CLUSTER", "SETSLOT", slot, "MIGRATING", targetId);
        while ((RedisKey[]?)await source.ExecuteAsync("CLUSTER", "GETKEYSINSLOT", slot, 100) is { Length: > 0 } keys)
        {
            foreach (var moved in keys)
            {
                await source.ExecuteAsync("MIGRATE", "127.0.0.1", _masters[to].Port, moved, 0, 5_000, "REPLACE");
            }
        }

        foreach (var master in Enumerable.Range(0, Count).OrderByDescending(other => other == to))
        {
            await Server(connection, master).ExecuteAsync("CLUSTER", "SETSLOT", slot, "NODE", targetId);
        }

        return from;
    }

    /// <summary>Lists the keys that a master has.</summary>
    public async Task<IReadOnlyList<string>> KeysAsync(int master)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(ConnectionString);
        var keys = new List<string>();
        await foreach (var key in Server(connection, master).KeysAsync())
        {
            keys.Add(key.ToString());
        }

        return keys;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_masters.Select(master => master.Process.KillAsync()));
        Directory.Delete(_folder, recursive: true);
    }

    private async Task AddAsync()
    {
        using var patience = new CancellationTokenSource(s_patience);
        var ports = FreePorts.Next(2);
        _masters.Add((ports[0], ports[1], await RedisProcess.StartForClusterAsync(ports[0], ports[1], _folder, patience.Token)));
    }

    private static async Task AdministerAsync(string[] command)
    {
        var done = ChildProcess.Start(["redis-cli", "--cluster", .. command, "--cluster-yes"], new Dictionary<string, string>());
        await done.Exited.WaitAsync(s_patience);
        if (done.ExitCode != 0)
        {
            throw new InvalidOperationException($"redis-cli --cluster {command[0]} failed:\n{done.RecentOutput}");
        }
    }

    private async Task WaitUntilServingAsync(int master)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(
            $"{Address(_masters[master].Port)},abortConnect=false,allowAdmin=true,connectRetry=100");
        await Eventually.ReadAsync(
            async () => $"{await Server(connection, master).ExecuteAsync("CLUSTER", "INFO")}",
            info => info.Contains("cluster_state:ok", StringComparison.Ordinal)
                && info.Contains($"cluster_slots_ok:{Slots.ToString(CultureInfo.InvariantCulture)}", StringComparison.Ordinal));
    }

    private IServer Server(ConnectionMultiplexer connection, int master) => connection.GetServer(Address(_masters[master].Port));

    private static string Address(int port) => $"127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}";
}
