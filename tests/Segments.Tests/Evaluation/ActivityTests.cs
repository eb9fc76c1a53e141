using Crm.Segments.V1;
using Npgsql;
using TagSegments.Segments.Tests.Data;
using TagSegments.ServiceDefaults.Data;
using TagSegments.Testing;
using TagSegments.Testing.Histories;

namespace TagSegments.Segments.Tests.Evaluation;

public sealed class ActivityTests(SharedApps shared) : IClassFixture<SharedApps>, IAsyncDisposable
{
    private static readonly int[] s_contacts = [1, 2, 3, 63, 64, 65, 16_383, 16_384, 16_385, 40_000];
    private readonly NpgsqlDataSource _owner = NpgsqlDataSource.Create(shared.Apps.Database.OwnerConnectionString);
    private readonly RedisConnection _redis = RedisConnection.Open(shared.Apps.RedisConnectionString);
    private readonly NpgsqlDataSource _service = NpgsqlDataSource.Create(shared.Apps.Database.RoleConnectionString("segments"));

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

    public async ValueTask DisposeAsync()
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
