using System.Globalization;
using StackExchange.Redis;
using TagSegments.Embedded;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Index;

/// <summary>Whatever happens to Redis, every count is exact and in time: Redis is neither trusted nor waited for.</summary>
public sealed class RedisFaultTests : IAsyncLifetime
{
    private const int Rounds = 3;
    private readonly int _port = FreePorts.Next();
    private readonly FaultyLink _link = FaultyLink.Start();
    private RedisProcess _redis = null!;
    private TestApps _apps = null!;
    private CountedAccount _account = null!;

    public async Task InitializeAsync()
    {
        _link.Target = _port;
        await StartRedisAsync();
        _apps = await TestApps.StartAsync(new()
        {
            Services = [Service.Tags, Service.Segments],
            Redis = $"127.0.0.1:{_link.Port.ToString(CultureInfo.InvariantCulture)}",
        });
        _account = await CountedAccount.NewAsync(_apps);
        await FillAsync();
    }

    public async Task DisposeAsync()
    {
        await _apps.DisposeAsync();
        await _redis.KillAsync();
        await _link.DisposeAsync();
    }

    [RedisFact]
    public async Task Redis_is_killed()
    {
        await _redis.KillAsync();
        await RequireExactAsync();

        await StartRedisAsync();
        await FillAsync();
        await RequireExactAsync();
    }

    [RedisFact]
    public async Task Redis_is_paused()
    {
        _redis.Pause();
        await RequireExactAsync();

        _redis.Continue();
        await FillAsync();
        await RequireExactAsync();
    }

    [RedisTheory]
    [InlineData("noeviction")]
    [InlineData("allkeys-lru")]
    [InlineData("volatile-ttl")]
    public async Task Redis_is_full(string policy)
    {
        await OnRedisAsync(async server =>
        {
            await server.ConfigSetAsync("maxmemory-policy", policy);
            await server.ConfigSetAsync("maxmemory", "1");
        });
        await RequireExactAsync();

        await OnRedisAsync(server => server.ConfigSetAsync("maxmemory", "0"));
        await FillAsync();
        await RequireExactAsync();
    }

    [RedisFact]
    public async Task Redis_is_flushed()
    {
        await OnRedisAsync(server => server.FlushAllDatabasesAsync());
        await RequireExactAsync();

        await FillAsync();
    }

    [RedisFact]
    public async Task Old_data_come_back()
    {
        var old = await ReadAsync();
        for (var i = 0; i < Rounds; i++)
        {
            await _account.ChangeAndCountAsync();
        }

        await using (var connection = await ConnectAsync())
        {
            foreach (var (key, value) in old)
            {
                await connection.GetDatabase().StringSetAsync(key, value);
            }
        }

        await RequireExactAsync();
    }

    [RedisTheory]
    [InlineData(20)]
    [InlineData(500)]
    public async Task Redis_is_slow(int milliseconds)
    {
        _link.Delay = TimeSpan.FromMilliseconds(milliseconds);
        await RequireExactAsync();

        _link.Delay = TimeSpan.Zero;
        await FillAsync();
    }

    [RedisFact]
    public async Task The_way_to_Redis_is_narrow_or_breaks()
    {
        _link.BytesPerSecond = 500;
        await RequireExactAsync();

        (_link.BytesPerSecond, _link.BreaksOneOf) = (null, 3);
        await RequireExactAsync();

        _link.BreaksOneOf = 0;
        await FillAsync();
        Assert.True(_link.Broken > 0);
    }

    [RedisTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_way_to_Redis_is_cut_in_one_direction(bool there)
    {
        (_link.IsCutThere, _link.IsCutBack) = (there, !there);
        await RequireExactAsync();

        (_link.IsCutThere, _link.IsCutBack) = (false, false);
        await FillAsync();
        await RequireExactAsync();
    }

    // With what is in memory, and without.
    private async Task RequireExactAsync()
    {
        for (var i = 0; i < Rounds; i++)
        {
            await _account.ChangeAndCountAsync();
        }

        await _apps.StopAsync(Service.Segments);
        await _apps.StartAsync(Service.Segments);
        await _account.CountAsync();
        await _account.ChangeAndCountAsync();
    }

    // Redis is left alone for a while after a failure, and then used again.
    private async Task FillAsync()
    {
        var before = (await ReadAsync()).Count;
        await Eventually.ReadAsync(
            async () =>
            {
                await _account.ChangeAndCountAsync();
                return (await ReadAsync()).Count;
            },
            entries => entries > before);
    }

    private async Task<Dictionary<RedisKey, RedisValue>> ReadAsync()
    {
        await using var connection = await ConnectAsync();
        var entries = new Dictionary<RedisKey, RedisValue>();
        await foreach (var key in connection.GetServers()[0].KeysAsync())
        {
            entries[key] = await connection.GetDatabase().StringGetAsync(key);
        }

        return entries;
    }

    private async Task OnRedisAsync(Func<IServer, Task> act)
    {
        await using var connection = await ConnectAsync();
        await act(connection.GetServers()[0]);
    }

    // Not over the faulty way.
    private async Task<ConnectionMultiplexer> ConnectAsync() =>
        await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{_port.ToString(CultureInfo.InvariantCulture)},allowAdmin=true");

    private async Task StartRedisAsync()
    {
        using var patience = new CancellationTokenSource(Eventually.Patience);
        _redis = await RedisProcess.StartAsync(_port, patience.Token);
    }
}
