using System.Globalization;
using TagSegments.Embedded;

namespace TagSegments.Testing.Histories;

/// <summary>
/// A redis-server where one is installed, which can be stopped where it is, or a cluster of them; else a server inside this process.
/// </summary>
internal sealed class HistoryRedis : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly SemaphoreSlim _gate = new(1);
    private readonly int _port = FreePorts.Next();
    private RedisProcess? _process;
    private EmbeddedRedis? _embedded;
    private RedisCluster? _cluster;

    /// <summary>The address as StackExchange.Redis takes it.</summary>
    public string ConnectionString => _cluster?.ConnectionString ?? $"127.0.0.1:{_port.ToString(CultureInfo.InvariantCulture)}";

    public static async Task<HistoryRedis> StartAsync(bool asCluster)
    {
        var redis = new HistoryRedis();
        if (asCluster)
        {
            redis._cluster = await RedisCluster.StartAsync();
            return redis;
        }

        await redis.StartServerAsync();
        return redis;
    }

    /// <summary>Kills the server, or one of the cluster, and starts it again, empty.</summary>
    public Task KillAsync() => AloneAsync(async () =>
    {
        if (_cluster is null)
        {
            await StopServerAsync();
            await StartServerAsync();
            return;
        }

        using var patience = new CancellationTokenSource(s_patience);
        var master = Random.Shared.Next(_cluster.Count);
        await _cluster.KillAsync(master);
        await _cluster.StartAsync(master, patience.Token);
    });

    /// <summary>Stops the server, or one of the cluster, where it is for a while; calls wait and time out meanwhile.</summary>
    public Task PauseAsync(TimeSpan duration) => AloneAsync(async () =>
    {
        if (_cluster is not null)
        {
            await _cluster.PauseAsync(Random.Shared.Next(_cluster.Count), duration);
            return;
        }

        _process?.Pause();
        await Task.Delay(duration);
        _process?.Continue();
    });

    public async ValueTask DisposeAsync()
    {
        await StopServerAsync();
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    private async Task AloneAsync(Func<Task> act)
    {
        await _gate.WaitAsync();
        try
        {
            await act();
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task StartServerAsync()
    {
        if (RedisProcess.IsInstalled)
        {
            using var patience = new CancellationTokenSource(s_patience);
            _process = await RedisProcess.StartAsync(_port, patience.Token);
        }
        else
        {
            _embedded = EmbeddedRedis.Start(_port);
        }
    }

    private async Task StopServerAsync()
    {
        _embedded?.Dispose();
        if (_process is not null)
        {
            await _process.KillAsync();
        }
    }
}
