using Dapper;
using Npgsql;
using TagSegments.Testing;
using TagSegments.Workflows.Scheduling;

namespace TagSegments.Workflows.Tests.Scheduling;

/// <summary>Processes of the workflow service are played by their leases, in a database of their own.</summary>
public sealed class AccountLeasesTests : IAsyncLifetime
{
    private const int Accounts = 200;
    private TestDatabase _database = null!;
    private NpgsqlDataSource _source = null!;

    public async Task InitializeAsync()
    {
        _database = await (await PostgresFixture.SharedAsync()).CreateDatabaseAsync();
        _source = NpgsqlDataSource.Create(_database.RoleConnectionString("workflows"));
        await ExecuteAsync("INSERT INTO workflows.account (account_id, name) SELECT i, 'account ' || i FROM generate_series(1, @Accounts) AS i");
        await ExecuteAsync("INSERT INTO workflows.lease (account_id) SELECT account_id FROM workflows.account");
    }

    public async Task DisposeAsync()
    {
        await _source.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Replicas_share_the_accounts_and_none_is_held_twice()
    {
        var (first, second) = (new AccountLeases(_source), new AccountLeases(_source));
        var alone = await HoldAsync(first);

        // The first process holds everything; the second gets its share when the first one gives it back.
        var early = await HoldAsync(second);
        var kept = await HoldAsync(first);
        await first.ReleaseAsync([.. alone.Except(kept)], CancellationToken.None);
        var shared = await HoldAsync(second);

        Assert.Equal(Accounts, alone.Count);
        Assert.Empty(early);
        Assert.Empty(kept.Intersect(shared));
        Assert.Equal(alone.Order(), kept.Union(shared).Order());
        Assert.InRange(shared.Count, Accounts / 4, Accounts * 3 / 4);
    }

    [Fact]
    public async Task The_accounts_of_a_replica_that_dies_are_taken_over()
    {
        var (first, second) = await SharedAsync();

        await ExecuteAsync("UPDATE workflows.process SET alive_until = now() - interval '1 second' WHERE process_id = @Self", new { first.Self });
        var taken = await HoldAsync(second);
        var back = await HoldAsync(first);

        Assert.Equal(Accounts, taken.Count);
        // It was only silent, and learns now that it no longer holds anything.
        Assert.Empty(back);
    }

    [Fact]
    public async Task The_accounts_of_a_replica_that_stops_are_taken_over_at_once()
    {
        var (first, second) = await SharedAsync();

        await first.LeaveAsync(CancellationToken.None);

        Assert.Equal(Accounts, (await HoldAsync(second)).Count);
    }

    [Fact]
    public async Task A_dead_replica_does_not_come_back_to_life_when_the_clock_is_set_back()
    {
        var (first, second) = await SharedAsync();

        // As seen from an hour earlier.
        await ExecuteAsync("UPDATE workflows.process SET alive_until = alive_until + interval '1 hour' WHERE process_id = @Self", new { first.Self });

        Assert.Equal(Accounts, (await HoldAsync(second)).Count);
    }

    private async Task<(AccountLeases First, AccountLeases Second)> SharedAsync()
    {
        var (first, second) = (new AccountLeases(_source), new AccountLeases(_source));
        var alone = await HoldAsync(first);
        await HoldAsync(second);
        await first.ReleaseAsync([.. alone.Except(await HoldAsync(first))], CancellationToken.None);
        await HoldAsync(second);
        return (first, second);
    }

    private static async Task<HashSet<int>> HoldAsync(AccountLeases process) => [.. (await process.HoldAsync(CancellationToken.None)).Keys];

    private async Task ExecuteAsync(string sql, object? values = null)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, values ?? new { Accounts });
    }
}
