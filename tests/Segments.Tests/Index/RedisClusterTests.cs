using TagSegments.Segments.Index;
using TagSegments.Segments.Tests.Data;
using TagSegments.ServiceDefaults.Data;
using TagSegments.Testing;
using TagSegments.Testing.Histories;

namespace TagSegments.Segments.Tests.Index;

/// <summary>Redis Cluster of three masters: an account lies in one slot, and masters and slots come and go while every count stays exact.</summary>
public sealed class RedisClusterTests : IAsyncLifetime
{
    private const int Accounts = 12;
    private const int Histories = 60;
    private RedisCluster _cluster = null!;
    private TestApps _apps = null!;

    public async Task InitializeAsync()
    {
        _cluster = await RedisCluster.StartAsync();
        _apps = await TestApps.StartAsync(new() { Services = [Service.Tags, Service.Segments], Redis = _cluster.ConnectionString });
    }

    public async Task DisposeAsync()
    {
        await _apps.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [RedisFact]
    public async Task Entries_lie_on_every_master_and_those_of_an_account_on_one()
    {
        var accounts = await NewAccountsAsync();

        await FillAsync(accounts, [0, 1, 2]);

        var masters = await Task.WhenAll(Enumerable.Range(0, _cluster.Count).Select(_cluster.KeysAsync));
        Assert.All(accounts, account => Assert.InRange(masters.Count(keys => keys.Any(account.Owns)), 0, 1));
        await RestartSegmentsAsync();
        await CountAsync(accounts);
    }

    [RedisFact]
    public async Task A_master_dies_and_comes_back_empty()
    {
        var accounts = await NewAccountsAsync();
        await FillAsync(accounts, [0, 1, 2]);

        await _cluster.KillAsync(1);
        await ChangeAsync(accounts);
        await RestartSegmentsAsync();
        await CountAsync(accounts);
        using var patience = new CancellationTokenSource(Eventually.Patience);
        await _cluster.StartAsync(1, patience.Token);

        Assert.Empty(await _cluster.KeysAsync(1));
        await FillAsync(accounts, [1]);
        await CountAsync(accounts);
    }

    [RedisFact]
    public async Task A_slot_moves_while_its_account_is_counted()
    {
        var account = await CountedAccount.NewAsync(_apps);
        await account.ChangeAndCountAsync();
        using var stop = new CancellationTokenSource();
        var counting = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await account.ChangeAndCountAsync();
            }
        });

        for (var move = 0; move < 9; move++)
        {
            await _cluster.MoveSlotAsync(TagEntryCache.Key(account.Id, 0), move % _cluster.Count);
            await Task.Delay(100);
        }

        await stop.CancelAsync();
        await counting;
        await RestartSegmentsAsync();
        await account.CountAsync();
    }

    [RedisFact]
    public async Task An_account_is_erased_on_a_master_that_joined_later()
    {
        await using var redis = RedisConnection.Open(_cluster.ConnectionString);
        var cache = new HistoryCache(redis, new IndexMetrics());
        foreach (var account in Enumerable.Range(1, Accounts))
        {
            await redis.RequireDatabase().StringSetAsync(TagEntryCache.Key(account, 0), "entry");
        }

        await _cluster.JoinAsync();
        await _cluster.MoveSlotAsync(TagEntryCache.Key(1, 0), to: 3);
        Assert.NotEmpty(await _cluster.KeysAsync(3));
        await cache.EraseAsync(1, CancellationToken.None);

        Assert.Empty(await _cluster.KeysAsync(3));
        var left = await Task.WhenAll(Enumerable.Range(0, _cluster.Count).Select(_cluster.KeysAsync));
        Assert.Equal(Accounts - 1, left.Sum(keys => keys.Count));
    }

    [RedisFact]
    public async Task An_account_is_not_called_erased_while_a_master_with_slots_is_away()
    {
        await using var redis = RedisConnection.Open(_cluster.ConnectionString);
        var cache = new HistoryCache(redis, new IndexMetrics());

        await _cluster.KillAsync(2);

        await Assert.ThrowsAnyAsync<Exception>(() => cache.EraseAsync(1, CancellationToken.None));
    }

    [RedisFact]
    public async Task No_history_gives_a_wrong_answer()
    {
        var seed = Random.Shared.Next(1_000_000_000);
        await using var rig = await HistoryRig.StartAsync(seed, withRedisCluster: true);

        var tally = await HistorySuite.PlayAsync(rig, Protocol.Right, Histories, seed);

        Assert.True(tally.Wrong.IsEmpty, $"seed {seed}:\n{string.Join('\n', tally.Wrong)}");
        Assert.Contains("Redis killed", tally.Faults.Keys);
    }

    private Task<CountedAccount[]> NewAccountsAsync() => Task.WhenAll(Enumerable.Range(0, Accounts).Select(_ => CountedAccount.NewAsync(_apps)));

    // Redis is left alone for a while after a failure, so entries are written sooner or later.
    private Task FillAsync(CountedAccount[] accounts, int[] masters) => Eventually.ReadAsync(
        async () =>
        {
            await ChangeAsync(accounts);
            var keys = await Task.WhenAll(masters.Select(_cluster.KeysAsync));
            return keys.Min(some => some.Count);
        },
        fewest => fewest > 0);

    private static Task ChangeAsync(CountedAccount[] accounts) => Task.WhenAll(accounts.Select(account => account.ChangeAndCountAsync()));

    private static Task CountAsync(CountedAccount[] accounts) => Task.WhenAll(accounts.Select(account => account.CountAsync()));

    // A new process has nothing in its memory.
    private async Task RestartSegmentsAsync()
    {
        await _apps.StopAsync(Service.Segments);
        await _apps.StartAsync(Service.Segments);
    }
}
