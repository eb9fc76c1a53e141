using Dapper;
using Npgsql;
using StackExchange.Redis;
using TagSegments.ServiceDefaults.Data;

namespace TagSegments.Testing.Histories;

/// <summary>What histories are played on: servers that can be killed, the services that write, and accounts to start from.</summary>
internal sealed class HistoryRig : IAsyncDisposable
{
    private readonly ConnectionMultiplexer _faulty;
    private readonly AccountCopies _copies;

    private HistoryRig(HistoryServers servers, TestApps apps)
    {
        (Servers, Apps) = (servers, apps);
        Owner = NpgsqlDataSource.Create(apps.Database.OwnerConnectionString);
        Replicas = apps.Database.Of("segments");
        Redis = RedisConnection.Open(servers.Redis.ConnectionString, ComeBackSoon);
        _faulty = ConnectionMultiplexer.Connect(servers.Redis.ConnectionString, ComeBackSoon);
        _copies = new AccountCopies(Owner);
        Worlds = new HistoryWorlds(Owner, _copies);
    }

    public HistoryServers Servers { get; }

    /// <summary>The services that write.</summary>
    public TestApps Apps { get; }

    /// <summary>Connects as the owner of every schema.</summary>
    public NpgsqlDataSource Owner { get; }

    /// <summary>Connects as the replicas do.</summary>
    public ServiceDatabases Replicas { get; }

    /// <summary>The connection of the replicas.</summary>
    public RedisConnection Redis { get; }

    /// <summary>The connection through which entries are damaged.</summary>
    public IDatabase FaultyDatabase => _faulty.GetDatabase();

    public HistoryWorlds Worlds { get; }

    public static async Task<HistoryRig> StartAsync(int seed, bool withRedisCluster = false)
    {
        var servers = await HistoryServers.StartAsync(withRedisCluster);
        try
        {
            var postgres = await PostgresFixture.OnAsync(servers.OwnerConnectionString);
            var apps = await TestApps.StartAsync(new TestAppsOptions
            {
                Services = [Service.Tags, Service.Segments, Service.Campaigns],
                Database = await postgres.CreateDatabaseAsync(),
                Redis = servers.Redis.ConnectionString,
                Settings = new Dictionary<string, string?> { ["Logging:Level"] = "Critical" },
            });
            var rig = new HistoryRig(servers, apps);
            await rig.Worlds.CreateAsync(seed);

            // One of the wrong variants looks at the transaction ids of rows, which no view shows.
            await rig.ExecuteAsync("GRANT SELECT ON tags.tag_change TO tagsegments_segments", 0);
            return rig;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes one account hold what another one holds.</summary>
    public Task<bool> CopyAsync(int from, int to) => _copies.CopyAsync(from, to);

    /// <summary>Forgets an account's logs up to now, as retention does.</summary>
    public Task<bool> PruneAsync(int accountId) => ExecuteAsync(
        """
        WITH floor AS (UPDATE crm.clock SET floor = pos WHERE account_id = @accountId RETURNING pos)
        DELETE FROM tags.tag_change WHERE account_id = @accountId AND pos <= (SELECT pos FROM floor);

        DELETE FROM crm.contact_change WHERE account_id = @accountId AND pos <= (SELECT floor FROM crm.clock WHERE account_id = @accountId);

        WITH floor AS (UPDATE campaigns.activity_clock SET floor = pos WHERE account_id = @accountId RETURNING pos)
        DELETE FROM campaigns.activity_commit WHERE account_id = @accountId AND pos < (SELECT pos FROM floor)
        """,
        accountId);

    public async ValueTask DisposeAsync()
    {
        await Apps.App(Service.Campaigns).StopAsync();
        await Apps.DisposeAsync();
        await Redis.DisposeAsync();
        await _faulty.DisposeAsync();
        await Owner.DisposeAsync();
        await Replicas.DisposeAsync();
        await Servers.DisposeAsync();
    }

    // A killed server is back after some milliseconds; without it nothing is tested.
    private static void ComeBackSoon(ConfigurationOptions options)
    {
        options.AbortOnConnectFail = false;
        options.ConnectTimeout = 200;
        options.AsyncTimeout = 500;
        options.HeartbeatInterval = TimeSpan.FromMilliseconds(20);
        options.ReconnectRetryPolicy = new LinearRetry(20);
    }

    private async Task<bool> ExecuteAsync(string sql, int accountId)
    {
        await using var connection = await Owner.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, new { accountId });
        return true;
    }
}
