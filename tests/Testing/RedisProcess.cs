using System.Globalization;
using StackExchange.Redis;
using TagSegments.Embedded.Postgres;

namespace TagSegments.Testing;

/// <summary>A real redis-server that keeps nothing on disk: a kill empties it.</summary>
internal sealed class RedisProcess
{
    private const int Stop = 19;
    private const int Go = 18;
    private readonly ChildProcess _process;

    private RedisProcess(ChildProcess process) => _process = process;

    /// <summary>The number of the running process.</summary>
    public int Id => _process.Id;

    public static async Task<RedisProcess> StartAsync(int port, CancellationToken ct)
    {
        string[] command =
        [
            "redis-server", "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
        ];
        var redis = new RedisProcess(ChildProcess.Start(
            OperatingSystem.IsLinux() ? ["setpriv", "--pdeathsig=KILL", "--", .. command] : command, new Dictionary<string, string>()));
        while (!await AnswersAsync(port))
        {
            if (redis._process.Exited.IsCompleted)
            {
                throw new InvalidOperationException($"redis-server ended by itself:\n{redis._process.RecentOutput}");
            }

            await Task.Delay(20, ct);
        }

        return redis;
    }

    /// <summary>Stops it where it is.</summary>
    public void Pause() => _process.Send(Stop);

    /// <summary>Lets it go on.</summary>
    public void Continue() => _process.Send(Go);

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.Exited;
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port},abortConnect=false,connectTimeout=200");
        return connection.IsConnected;
    }
}
