using Npgsql;
using TagSegments.Testing;
using TagSegments.Testing.Histories;

namespace TagSegments.Segments.Tests.Index;

public sealed class IndexHistoryTests(SharedApps shared) : IClassFixture<SharedApps>, IAsyncDisposable
{
    private readonly NpgsqlDataSource _owner = NpgsqlDataSource.Create(shared.Apps.Database.OwnerConnectionString);
    private readonly NpgsqlDataSource _service = NpgsqlDataSource.Create(shared.Apps.Database.RoleConnectionString("segments"));

    private static int Histories => int.Parse(
        Environment.GetEnvironmentVariable("INDEX_HISTORIES") ?? "60", System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public async Task No_history_gives_a_wrong_answer()
    {
        for (var seed = 1; seed <= Histories; seed++)
        {
            Assert.Equal((seed, 0), (seed, await History().PlayAsync(seed)));
        }
    }

    [Fact]
    public Task Histories_catch_an_index_that_believes_positions_without_their_nonce() => CatchAsync(WrongLoader.ByPositionOnly);

    [Fact]
    public Task Histories_catch_an_index_that_applies_a_log_with_a_gap() => CatchAsync(WrongLoader.WithoutFloor);

    public async ValueTask DisposeAsync()
    {
        await _owner.DisposeAsync();
        await _service.DisposeAsync();
    }

    private async Task CatchAsync(Protocol wrong)
    {
        for (var seed = 1; seed <= 4 * Histories; seed++)
        {
            if (await History(wrong).PlayAsync(seed) > 0)
            {
                return;
            }
        }

        Assert.Fail("No history showed the fault.");
    }

    private IndexHistory History(Protocol? protocol = null) => new(_owner, _service, shared.Apps.RedisConnectionString, protocol);
}
