using Crm.Segments.V1;
using Dapper;
using Npgsql;
using TagSegments.Segments.Tests.Data;
using TagSegments.ServiceDefaults.Data;
using TagSegments.Testing;
using TagSegments.Testing.Histories;

namespace TagSegments.Segments.Tests.Evaluation;

public sealed class ActivityTests(SharedApps shared) : IClassFixture<SharedApps>, IAsyncLifetime
{
    private static readonly int[] s_contacts = [1, 2, 3, 63, 64, 65, 16_383, 16_384, 16_385, 40_000];
    private readonly NpgsqlDataSource _owner = NpgsqlDataSource.Create(shared.Apps.Database.OwnerConnectionString);
    private readonly RedisConnection _redis = RedisConnection.Open(shared.Apps.RedisConnectionString);
    private readonly ServiceDatabases _service = shared.Apps.Database.Of("segments");

    [Fact]
    public async Task What_was_recorded_a_moment_ago_counts()
    {
        var account = await DirectAccount.CreateAsync(_owner);
        await account.CreateContactsAsync(s_contacts);
        await using var node = new HistoryNode(_service, _redis);
        for (var i = 0; i < s_contacts.Length; i++)
        {
            await account.RecordAsync((s_contacts[i], 3, DateTimeOffset.UtcNow));

            Assert.Equal(s_contacts[..(i + 1)], await node.FindAsync(account.Id, Opened(new TimeWindow { Last = Days(7) })));
        }
    }

    [Fact]
    public async Task The_last_click_or_bounce_does_not_answer_for_another_link_or_class()
    {
        var account = await DirectAccount.CreateAsync(_owner);
        await account.CreateContactsAsync([1, 2, 3]);
        await account.RecordAsync([.. new[] { 1, 2, 3 }.SelectMany(id => new[] { 4, 5 }.Select(kind => (id, kind, DateTimeOffset.UtcNow.AddHours(-id))))]);
        await using var connection = await _owner.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            UPDATE campaigns.activity
            SET detail = CASE WHEN kind = 4 THEN 'https://x.example/' || contact_id END, bounce = CASE WHEN kind = 5 THEN nullif(contact_id, 3) END
            WHERE account_id = @Id
            """,
            new { account.Id });
        await using var node = new HistoryNode(_service, _redis);
        async Task<IEnumerable<int>> FindAsync(ActivityClause clause) => await node.FindAsync(account.Id, new Filter { Activity = clause });
        ActivityClause Clicked(string end, TimeWindow? window = null) => new()
        {
            Kind = ActivityClause.Types.Kind.Clicked,
            Link = new FieldClause { Operator = FieldClause.Types.Operator.EndsWith, Values = { end } },
            Window = window,
        };
        ActivityClause Bounced(ActivityClause.Types.Bounce bounce) => new() { Kind = ActivityClause.Types.Kind.Bounced, Bounce = bounce };

        Assert.Equal([1, 2, 3], await FindAsync(new ActivityClause { Kind = ActivityClause.Types.Kind.Clicked }));
        Assert.Equal([2], await FindAsync(Clicked("/2")));
        Assert.Equal([2], await FindAsync(Clicked("/2", new TimeWindow { Last = Days(7) })));
        Assert.Empty(await FindAsync(Clicked("/2", new TimeWindow { BeforeLast = Days(7) })));
        Assert.Equal([1, 2, 3], await FindAsync(Bounced(0)));
        Assert.Equal([1], await FindAsync(Bounced(ActivityClause.Types.Bounce.Hard)));
        Assert.Equal([2], await FindAsync(Bounced(ActivityClause.Types.Bounce.Soft)));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _owner.DisposeAsync();
        await _service.DisposeAsync();
        await _redis.DisposeAsync();
    }

    private static Filter Opened(TimeWindow? window) => new()
    {
        Activity = new ActivityClause { Kind = ActivityClause.Types.Kind.Opened, Window = window },
    };

    private static Period Days(int count) => new() { Count = count, Unit = TimeUnit.Day };
}
