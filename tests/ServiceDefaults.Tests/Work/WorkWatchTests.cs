using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TagSegments.ServiceDefaults.Data;
using TagSegments.ServiceDefaults.Work;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Work;

/// <summary>Finding 18: each kind of work was looked for by itself, so services kept a processor busy while there was nothing to do.</summary>
public sealed class WorkWatchTests : IAsyncLifetime
{
    private TestDatabase _test = null!;
    private WorkDatabase _database = null!;

    public async Task InitializeAsync()
    {
        _test = await (await PostgresFixture.SharedAsync()).CreateDatabaseAsync();
        _database = Connect();
        await using var connection = await _database.OpenAsync();
        await connection.ExecuteAsync("CREATE TABLE mail (id int); CREATE TABLE erasure (id int)");
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        await _test.DisposeAsync();
    }

    private WorkDatabase Connect() => new(NpgsqlDataSource.Create(_test.OwnerConnectionString));

    [Fact]
    public async Task It_wakes_those_who_have_work_and_no_others()
    {
        var (mail, erasures) = (0, 0);
        WatchedWork[] works =
        [
            new("SELECT FROM mail", () => Interlocked.Increment(ref mail)),
            new("SELECT FROM erasure WHERE id > 1", () => Interlocked.Increment(ref erasures)),
        ];
        using var watch = new WorkWatch(_database, works, TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(5), NullLogger<WorkWatch>.Instance);
        await watch.StartAsync(CancellationToken.None);
        await using var connection = await _database.OpenAsync();
        await connection.ExecuteAsync("INSERT INTO erasure VALUES (1); INSERT INTO mail VALUES (1)");
        await Eventually.HoldsAsync(() => mail > 1);
        Assert.Equal(0, erasures);

        await connection.ExecuteAsync("INSERT INTO erasure VALUES (2)");
        await Eventually.HoldsAsync(() => erasures > 0);
        await watch.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task It_looks_less_often_while_there_is_nothing()
    {
        var woken = 0;
        WatchedWork[] works = [new("SELECT FROM mail", () => Interlocked.Increment(ref woken))];
        using var watch = new WorkWatch(_database, works, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1), NullLogger<WorkWatch>.Instance);
        await using var connection = await _database.OpenAsync();
        await connection.ExecuteAsync("INSERT INTO mail VALUES (1)");
        await watch.StartAsync(CancellationToken.None);
        await Eventually.HoldsAsync(() => woken > 2);

        await connection.ExecuteAsync("DELETE FROM mail");
        await Eventually.HoldsAsync(() => watch.IsIdle);
        var before = woken;
        await connection.ExecuteAsync("INSERT INTO mail VALUES (1)");
        watch.Wake();
        await Eventually.HoldsAsync(() => woken > before + 1);
        await watch.StopAsync(CancellationToken.None);
    }
}
