using TagSegments.Embedded;
using TagSegments.Embedded.Postgres;

namespace TagSegments.Testing.Histories;

/// <summary>A PostgreSQL and a Redis for histories to hurt: both can be killed, and come back at the same address.</summary>
internal sealed class HistoryServers : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tagsegments_histories_").FullName;
    private readonly int _port = FreePorts.Next();
    private EmbeddedPostgres? _postgres;

    private HistoryServers(HistoryRedis redis) => Redis = redis;

    /// <summary>The Redis.</summary>
    public HistoryRedis Redis { get; }

    /// <summary>Whoever holds this has PostgreSQL alive.</summary>
    public SemaphoreSlim KeepsPostgresAlive { get; } = new(1);

    /// <summary>The owner's connection string.</summary>
    public string OwnerConnectionString => _postgres!.ConnectionString();

    public static async Task<HistoryServers> StartAsync(bool withRedisCluster)
    {
        var servers = new HistoryServers(await HistoryRedis.StartAsync(withRedisCluster));
        await servers.StartPostgresAsync();
        return servers;
    }

    /// <summary>Kills PostgreSQL without warning and starts it again: what was acknowledged is there, what was not may be.</summary>
    public async Task KillPostgresAsync()
    {
        await KeepsPostgresAlive.WaitAsync();
        try
        {
            await _postgres!.KillAsync();
            await StartPostgresAsync();
        }
        finally
        {
            KeepsPostgresAlive.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Redis.DisposeAsync();
        await _postgres!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    // Commits are synchronous: they must survive the death of the server, if not that of the machine.
    private async Task StartPostgresAsync() => _postgres = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions
    {
        DataDirectory = Path.Combine(_folder, "postgres"),
        Port = _port,
        Settings = new Dictionary<string, string>(EmbeddedPostgresOptions.Throwaway) { ["synchronous_commit"] = "on" },
    });
}
