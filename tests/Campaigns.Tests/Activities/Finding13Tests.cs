using Crm.Activity.V1;
using Crm.Common.V1;
using Npgsql;
using TagSegments.Campaigns.Activities;
using TagSegments.Campaigns.Tracking;
using TagSegments.ServiceDefaults.Work;
using TagSegments.Testing;

namespace TagSegments.Campaigns.Tests.Activities;

/// <summary>Finding 13 of the security review, where it is decided: the database lets one event of a link count per minute, for all processes.</summary>
public sealed class Finding13Tests(CampaignWorld world) : IClassFixture<CampaignWorld>, IAsyncLifetime
{
    private static readonly DateTime s_start = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);
    private static int s_accounts = 1_000_000;
    private readonly int _account = Interlocked.Increment(ref s_accounts);
    private readonly Guid _message = Guid.NewGuid();
    private ServiceDatabases _database = null!;

    // Two processes.
    private ActivityRecorder[] _recorders = null!;

    public Task InitializeAsync()
    {
        _database = world.Apps.Database.Of("campaigns");
        var turns = new FairQueue(8, 4, TimeProvider.System);
        _recorders = [new(_database.Accounts, turns), new(_database.Accounts, turns)];
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        foreach (var recorder in _recorders)
        {
            await recorder.DisposeAsync();
        }

        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Of_200_events_at_the_same_time_in_two_processes_one_counts()
    {
        var recorded = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() => RecordAsync(i, s_start.AddMilliseconds(i)))));

        Assert.Equal(1, recorded.Sum());
        Assert.Single(await RecordedAsync());
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(59_999, 1)]
    [InlineData(60_000, 2)]
    [InlineData(-60_000, 2)]
    [InlineData(-59_999, 1)]
    public async Task The_minute_begins_with_the_event_that_counted(int milliseconds, int expected)
    {
        await RecordAsync(0, s_start);
        await RecordAsync(1, s_start.AddMilliseconds(milliseconds));

        Assert.Equal(expected, (await RecordedAsync()).Count);
    }

    // In any order, one by one and in batches: no two that count are within a minute of each other, and whatever does not count is
    // within a minute of one that does.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Random_histories_leave_one_event_per_minute(int seed)
    {
        var random = new Random(seed);
        var times = Enumerable.Range(0, 300).Select(_ => s_start.AddSeconds(random.Next(1_800))).ToList();

        await Task.WhenAll(times.Chunk(random.Next(1, 8)).Select((chunk, i) => Task.Run(() => RecordAsync(i, chunk))));

        var counted = await RecordedAsync();
        Assert.All(counted.Zip(counted.Skip(1)), pair => Assert.True(pair.Second - pair.First >= LinkCounts.Window));
        Assert.All(times, time => Assert.Contains(counted, c => (c - time).Duration() < LinkCounts.Window));
    }

    [Fact]
    public async Task Links_messages_kinds_and_programs_count_apart()
    {
        var open = new ActivityEvent(1, Activity.Types.Kind.Opened, Channel.Email, s_start);
        ActivityEvent[] events =
        [
            open.OfLink(_message, ""), open.OfLink(_message, ""), open.OfLink(Guid.NewGuid(), ""), (open with { ContactId = 2 }).OfLink(_message, ""),
            (open with { Machine = true }).OfLink(_message, ""), (open with { Kind = Activity.Types.Kind.Clicked }).OfLink(_message, "https://a.example/"),
            (open with { Kind = Activity.Types.Kind.Clicked }).OfLink(_message, "https://b.example/"),
        ];

        Assert.Equal(6, (await _recorders[0].RecordAsync(_account, events, CancellationToken.None)).Count);
        Assert.Equal(0, (await _recorders[1].RecordAsync(_account, events, CancellationToken.None)).Count);
    }

    [Fact]
    public async Task A_process_learns_from_the_database_when_a_link_is_free_again()
    {
        var links = new RecentLinks();
        Assert.True(links.TryTake("A", s_start, LinkCounts.Window));
        Assert.False(links.TryTake("A", s_start.AddSeconds(59), LinkCounts.Window));

        await RecordAsync(0, s_start.AddSeconds(-40));
        using var counts = new LinkCounts(_database.Accounts, _database.Work, Microsoft.Extensions.Logging.Abstractions.NullLogger<LinkCounts>.Instance);
        var free = await counts.FreeAgainAsync(_account, Event(s_start).Link!, s_start, CancellationToken.None);
        links.Set("A", free);

        Assert.Equal(s_start.AddSeconds(20), free);
        Assert.False(links.TryTake("A", s_start.AddSeconds(19), LinkCounts.Window));
        Assert.True(links.TryTake("A", s_start.AddSeconds(20), LinkCounts.Window));
    }

    private async Task<int> RecordAsync(int process, params DateTime[] times) =>
        (await _recorders[process % 2].RecordAsync(_account, [.. times.Select(Event)], CancellationToken.None)).Count;

    private ActivityEvent Event(DateTime at) => new ActivityEvent(1, Activity.Types.Kind.Opened, Channel.Email, at).OfLink(_message, "");

    private Task<List<DateTime>> RecordedAsync() =>
        world.QueryAsync<DateTime>("SELECT at FROM campaigns.activity WHERE account_id = @_account ORDER BY at", new { _account });
}
