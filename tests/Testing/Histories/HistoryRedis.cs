using System.Globalization;
using TagSegments.Embedded;

namespace TagSegments.Testing.Histories;

/// <summary>A redis-server where one is installed, which can be stopped where it is; else one inside this process.</summary>
internal sealed class HistoryRedis : IAsyncDisposable
{
    private static readonly bool s_isInstalled = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, "redis-server")));

    private readonly SemaphoreSlim _gate = new(1);
    private readonly int _port = FreePorts.Next();
    private RedisProcess? _process;
    private EmbeddedRedis? _embedded;

    /// <summary>The address as StackExchange.Redis takes it.</summary>
    public string ConnectionString => $"127.0.0.1:{_port.ToString(CultureInfo.InvariantCulture)}";

    public static async Task<HistoryRedis> StartAsync()
    {
        var redis = new HistoryRedis();
        await redis.StartServerAsync();
        return redis;
    }

    /// <summary>Kills the server and starts it again, empty.</summary>
    public async Task KillAsync()
    {
        await _gate.WaitAsync();
        try
        {
            await StopServerAsync();
            await StartServerAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Stops the server where it is for a while; calls wait and time out meanwhile.</summary>
    public async Task PauseAsync(TimeSpan duration)
    {
        await _gate.WaitAsync();
        try
        {
            _process?.Pause();
            await Task.Delay(duration);
            _process?.Continue();
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync() => await StopServerAsync();

    private async Task StartServerAsync()
    {
        if (s_isInstalled)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
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
