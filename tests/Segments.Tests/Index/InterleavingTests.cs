using System.Globalization;
using Crm.Segments.V1;
using Npgsql;
using TagSegments.Segments.Tests.Data;
using TagSegments.ServiceDefaults.Data;
using TagSegments.Testing;
using TagSegments.Testing.Histories;

namespace TagSegments.Segments.Tests.Index;

/// <summary>The two orders of events that seldom happen by chance, made to happen.</summary>
public sealed class InterleavingTests(SharedApps shared) : IClassFixture<SharedApps>, IAsyncLifetime
{
    private readonly NpgsqlDataSource _owner = NpgsqlDataSource.Create(shared.Apps.Database.OwnerConnectionString);
    private readonly RedisConnection _redis = RedisConnection.Open(shared.Apps.RedisConnectionString);
    private readonly ServiceDatabases _service = shared.Apps.Database.Of("segments");

    [Fact]
    public async Task A_clock_read_under_way_is_not_shared_with_those_who_come_later()
    {
        Assert.Equal([1, 2], await AskDuringClockReadAsync(Protocol.Right));
    }

    [Fact]
    public async Task Sharing_it_would_give_an_answer_without_an_acknowledged_write()
    {
        // On a busy machine the second one may come after the read.
        await Eventually.ReadAsync(() => AskDuringClockReadAsync(new("late comers") { SharesClockReads = true }), answer => answer is [1]);
    }

    [Fact]
    public async Task Redis_is_read_before_the_snapshot_and_cannot_show_its_future()
    {
        Assert.Equal([], await AskWhileAnotherReplicaRunsAheadAsync(Protocol.Right));
    }

    [Fact]
    public async Task Reading_it_afterwards_and_believing_it_would_mix_two_moments()
    {
        var mutant = Mutants.All.Single(mutant => mutant.ReadsRedisLate);

        // On a busy machine Redis may not answer in time: then nothing of it is used, and nothing is mixed.
        await Eventually.ReadAsync(() => AskWhileAnotherReplicaRunsAheadAsync(mutant), answer => answer is [1]);
    }

    [Fact]
    public async Task What_is_known_in_the_contacts_zone_is_forgotten_when_the_contact_moves()
    {
        var account = await DirectAccount.CreateAsync(_owner);
        await account.CreateContactsAsync(1);
        await account.SetAsync(1, "time_zone = 'Etc/GMT+12'");
        var tag = await account.CreateTagAsync("Hot");
        await Midnight.PassAsync("Etc/GMT+12");
        var at = DateTimeOffset.UtcNow;
        await account.RecordAsync((1, 3, at));
        await account.TagAsync(tag, 1);
        // No moment is on the same day in both zones.
        var window = new TimeWindow { Fixed = Day(at.AddHours(-12)), ContactZone = true };
        var added = new Filter { TagAdded = new TagAddedClause { TagId = tag, Window = window } };
        await using var node = new HistoryNode(_service, _redis);

        Assert.Equal([1], await node.FindAsync(account.Id, Opened(window)));
        Assert.Equal([1], await node.FindAsync(account.Id, added));

        await account.SetAsync(1, "time_zone = 'Pacific/Kiritimati'");

        Assert.Empty(await node.FindAsync(account.Id, Opened(window)));
        Assert.Empty(await node.FindAsync(account.Id, added));
    }

    [Fact]
    public async Task All_who_ask_a_new_question_at_once_get_the_exact_answer()
    {
        var (account, contacts) = (await DirectAccount.CreateAsync(_owner), Enumerable.Range(1, 30).ToArray());
        await account.CreateContactsAsync(contacts);
        var tag = await account.CreateTagAsync("Tag");
        foreach (var contact in contacts)
        {
            await account.TagAsync(tag, contact);
            await using var node = new HistoryNode(_service, _redis);

            var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => node.FindAsync(account.Id, Added(tag)))));

            Assert.All(answers, answer => Assert.Equal(contacts[..contact], answer));
        }
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _owner.DisposeAsync();
        await _service.DisposeAsync();
        await _redis.DisposeAsync();
    }

    private async Task<IReadOnlyList<int>> AskDuringClockReadAsync(Protocol protocol)
    {
        var (account, tag, _) = await SetUpAsync();
        await account.TagAsync(tag, 1);
        await using var node = new HistoryNode(_service, _redis, protocol);
        await node.FindAsync(account.Id, Has(tag));

        node.Clocks.Hold();
        var early = node.FindAsync(account.Id, Has(tag));
        await node.Clocks.IsHeld;
        await account.TagAsync(tag, 2);
        var late = node.FindAsync(account.Id, Has(tag));
        node.Clocks.Release();

        await early;
        return await late;
    }

    // The other replica sees a transaction that moves contact 1 from one tag to the other. The contact never has both or, after it, the first.
    private async Task<IReadOnlyList<int>> AskWhileAnotherReplicaRunsAheadAsync(Protocol protocol)
    {
        var (account, from, to) = await SetUpAsync();
        await account.TagAsync(from, 1);
        await using var node = new HistoryNode(_service, _redis, protocol);
        await using var other = new HistoryNode(_service, _redis);
        await node.FindAsync(account.Id, Has(from));

        node.Indexes.Interrupt(async () =>
        {
            await account.ChangeAsync(new TagWrite(from, false, [1]), new TagWrite(to, true, [1]));
            await other.FindAsync(account.Id, Has(to));
            await other.Cache.WrittenAsync();
        });
        return await node.FindAsync(account.Id, new Filter { AllOf = new FilterGroup { Filters = { Has(from), Has(to) } } });
    }

    private async Task<(DirectAccount Account, int First, int Second)> SetUpAsync()
    {
        var account = await DirectAccount.CreateAsync(_owner);
        await account.CreateContactsAsync(1, 2, 3);
        return (account, await account.CreateTagAsync("First"), await account.CreateTagAsync("Second"));
    }

    private static Filter Opened(TimeWindow window) =>
        new() { Activity = new ActivityClause { Kind = ActivityClause.Types.Kind.Opened, Window = window } };

    private static FixedWindow Day(DateTimeOffset at) => new()
    {
        From = at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        Until = at.UtcDateTime.AddDays(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
    };

    private static Filter Added(int tagId) => new()
    {
        TagAdded = new TagAddedClause { TagId = tagId, Window = new TimeWindow { Last = new Period { Count = 1, Unit = TimeUnit.Year } } },
    };

    private static Filter Has(int tagId) => new() { Tag = new TagClause { Match = TagClause.Types.Match.Any, TagIds = { tagId } } };
}
