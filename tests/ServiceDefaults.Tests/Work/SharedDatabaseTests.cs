using Npgsql;
using TagSegments.ServiceDefaults.Data;
using TagSegments.ServiceDefaults.Work;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Work;

/// <summary>Finding 14: background work of several services at once kept all processors busy. Two processes with pools of their own.</summary>
public sealed class SharedDatabaseTests : IAsyncLifetime
{
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(1);
    private TestDatabase _test = null!;
    private WorkDatabase _first = null!;
    private WorkDatabase _second = null!;

    public async Task InitializeAsync()
    {
        _test = await (await PostgresFixture.SharedAsync()).CreateDatabaseAsync();
        (_first, _second) = (Connect(), Connect());
    }

    public async Task DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        await _test.DisposeAsync();
    }

    private WorkDatabase Connect() => new(NpgsqlDataSource.Create(_test.OwnerConnectionString));

    [Fact]
    public async Task One_process_has_the_slot_until_it_gives_it_back()
    {
        var slot = await new SharedDatabase(_first).EnterAsync(s_long, default);
        var next = new SharedDatabase(_second).EnterAsync(s_long, default);
        await using var connection = await _first.OpenAsync();
        await using var command = new NpgsqlCommand(
            """
            SELECT count(*)
            FROM pg_locks
            WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND locktype = 'advisory' AND NOT granted
            """,
            connection);
        await Eventually.ReadAsync(async () => (long)(await command.ExecuteScalarAsync())!, waiting => waiting == 1);
        Assert.False(next.IsCompleted);

        await slot.DisposeAsync();
        await (await next).DisposeAsync();
        await (await new SharedDatabase(_first).EnterAsync(TimeSpan.FromMilliseconds(1), default)).DisposeAsync();
    }

    [Fact]
    public async Task A_process_that_waits_too_long_goes_on_without_the_slot()
    {
        await using var slot = await new SharedDatabase(_first).EnterAsync(s_long, default);
        var without = await new SharedDatabase(_second).EnterAsync(TimeSpan.FromMilliseconds(50), default);
        await without.DisposeAsync();

        await using var connection = await _second.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT 1", connection);
        Assert.Equal(1, await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task A_database_that_is_away_is_late()
    {
        await using var nowhere = new WorkDatabase(NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=nobody"));

        Assert.Equal(TimeSpan.FromSeconds(1), await new SharedDatabase(nowhere).MeasureAsync(default));
    }
}
