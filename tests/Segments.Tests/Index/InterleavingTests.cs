using Crm.Segments.V1;
using Npgsql;
using TagSegments.Segments.Index;
using TagSegments.Testing;
using TagSegments.Testing.Histories;

namespace TagSegments.Segments.Tests.Index;

/// <summary>The two orders of events that seldom happen by chance, made to happen.</summary>
public sealed class InterleavingTests(SharedApps shared) : IClassFixture<SharedApps>, IAsyncDisposable
{
    private readonly NpgsqlDataSource _owner = NpgsqlDataSource.Create(shared.Apps.Database.OwnerConnectionString);
    private readonly NpgsqlDataSource _service = NpgsqlDataSource.Create(shared.Apps.Database.RoleConnectionString("segments"));

    [Fact]
    public async Task A_clock_read_under_way_is_not_shared_with_those_who_come_later()
    {
        Assert.Equal([1, 2], await AskDuringClockReadAsync(db => new HeldClockReader(db, sharesWithLateComers: false)));
    }

    [Fact]
    public async Task Sharing_it_would_give_an_answer_without_an_acknowledged_write()
    {
        Assert.Equal([1], await AskDuringClockReadAsync(db => new HeldClockReader(db, sharesWithLateComers: true)));
    }

    [Fact]
    public async Task Redis_is_read_before_the_snapshot_and_cannot_show_its_future()
    {
        Assert.Equal([], await AskWhileAnotherReplicaRunsAheadAsync(readsRedisLate: false));
    }

    [Fact]
    public async Task Reading_it_afterwards_and_believing_it_would_mix_two_moments()
    {
        Assert.Equal([1], await AskWhileAnotherReplicaRunsAheadAsync(readsRedisLate: true));
    }

    public async ValueTask DisposeAsync()
    {
        await _owner.DisposeAsync();
        await _service.DisposeAsync();
    }

    private async Task<IReadOnlyList<int>> AskDuringClockReadAsync(Func<NpgsqlDataSource, HeldClockReader> create)
    {
        var (account, tag, _) = await SetUpAsync();
        await account.TagAsync(tag, 1);
        HeldClockReader clocks = null!;
        await using var node = new IndexNode(_service, shared.Apps.RedisConnectionString, new Protocol { Clocks = db => clocks = create(db) });
        await node.EvaluateAsync(account.Id, Has(tag));

        clocks.Hold();
        var early = node.EvaluateAsync(account.Id, Has(tag));
        await clocks.IsHeld;
        await account.TagAsync(tag, 2);
        var late = node.EvaluateAsync(account.Id, Has(tag));
        clocks.Release();

        await early;
        return await late;
    }

    // The other replica sees a transaction that moves contact 1 from one tag to the other. Nobody ever has both or, after it, the first.
    private async Task<IReadOnlyList<int>> AskWhileAnotherReplicaRunsAheadAsync(bool readsRedisLate)
    {
        var (account, from, to) = await SetUpAsync();
        await account.TagAsync(from, 1);
        await using var other = new IndexNode(_service, shared.Apps.RedisConnectionString);

        async Task RunAheadAsync()
        {
            await account.ChangeAsync(new TagWrite(from, false, [1]), new TagWrite(to, true, [1]));
            await other.EvaluateAsync(account.Id, Has(to));
            await WaitForEntryAsync(account.Id, to);
        }

        var protocol = new Protocol
        {
            Indexes = (db, clocks, cache, loader, metrics) =>
                new InterruptedIndexes(db, clocks, cache, loader, metrics, RunAheadAsync, to, readsRedisLate),
            Loader = readsRedisLate
                ? (cache, metrics) => new WrongLoader(cache, metrics, (snapshot, position, known) => known || position.Pos > snapshot.Clocks.Records.Pos)
                : null,
        };
        await using var node = new IndexNode(_service, shared.Apps.RedisConnectionString, protocol);
        await node.EvaluateAsync(account.Id, Has(from));

        return await node.EvaluateAsync(account.Id, new Filter { AllOf = new FilterGroup { Filters = { Has(from), Has(to) } } });
    }

    private async Task<(TestAccount Account, int First, int Second)> SetUpAsync()
    {
        var account = await TestAccount.CreateAsync(_owner);
        await account.CreateContactsAsync(1, 2, 3);
        return (account, await account.CreateTagAsync("First"), await account.CreateTagAsync("Second"));
    }

    private async Task WaitForEntryAsync(int accountId, int tagId)
    {
        await using var redis = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(shared.Apps.RedisConnectionString);
        for (var i = 0; i < 500 && !await redis.GetDatabase().KeyExistsAsync(TagEntryCache.Key(accountId, tagId)); i++)
        {
            await Task.Delay(10);
        }
    }

    private static Filter Has(int tagId) => new() { Tag = new TagClause { Match = TagClause.Types.Match.Any, TagIds = { tagId } } };
}
