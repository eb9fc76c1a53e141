using Dapper;
using TagSegments.Testing;
using TagSegments.Workflows.Scheduling;

namespace TagSegments.Workflows.Tests.Scheduling;

/// <summary>Processes of the workflow service are played by their leases, in a database of their own.</summary>
public sealed class PartitionLeasesTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private ServiceDatabases _service = null!;

    public async Task InitializeAsync()
    {
        _database = await (await PostgresFixture.SharedAsync()).CreateDatabaseAsync();
        _service = _database.Of("workflows");
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Replicas_share_the_partitions_and_none_is_held_twice()
    {
        var (first, second) = (new PartitionLeases(_service.Work), new PartitionLeases(_service.Work));
        var alone = await HoldAsync(first);

        // The first process holds everything; the second gets its share when the first one gives it back.
        var early = await HoldAsync(second);
        var kept = await HoldAsync(first);
        await first.ReleaseAsync([.. alone.Except(kept)], CancellationToken.None);
        var shared = await HoldAsync(second);

        Assert.Equal(Partitioner.Partitions, alone.Count);
        Assert.Empty(early);
        Assert.Empty(kept.Intersect(shared));
        Assert.Equal(alone.Order(), kept.Union(shared).Order());
        Assert.InRange(shared.Count, Partitioner.Partitions / 4, Partitioner.Partitions * 3 / 4);
    }

    [Fact]
    public async Task The_partitions_of_a_replica_that_dies_are_taken_over()
    {
        var (first, second) = await SharedAsync();

        await ExecuteAsync("UPDATE workflows.worker SET alive_until = now() - interval '1 second' WHERE worker_id = @Self", new { first.Self });
        var taken = await HoldAsync(second);
        var back = await HoldAsync(first);

        Assert.Equal(Partitioner.Partitions, taken.Count);
        // It was only silent, and learns now that it no longer holds anything.
        Assert.Empty(back);
    }

    [Fact]
    public async Task The_partitions_of_a_replica_that_stops_are_taken_over_at_once()
    {
        var (first, second) = await SharedAsync();

        await first.LeaveAsync(CancellationToken.None);

        Assert.Equal(Partitioner.Partitions, (await HoldAsync(second)).Count);
    }

    [Fact]
    public async Task A_dead_replica_does_not_come_back_to_life_when_the_clock_is_set_back()
    {
        var (first, second) = await SharedAsync();

        // As seen from an hour earlier.
        await ExecuteAsync("UPDATE workflows.worker SET alive_until = alive_until + interval '1 hour' WHERE worker_id = @Self", new { first.Self });

        Assert.Equal(Partitioner.Partitions, (await HoldAsync(second)).Count);
    }

    private async Task<(PartitionLeases First, PartitionLeases Second)> SharedAsync()
    {
        var (first, second) = (new PartitionLeases(_service.Work), new PartitionLeases(_service.Work));
        var alone = await HoldAsync(first);
        await HoldAsync(second);
        await first.ReleaseAsync([.. alone.Except(await HoldAsync(first))], CancellationToken.None);
        await HoldAsync(second);
        return (first, second);
    }

    private static async Task<HashSet<int>> HoldAsync(PartitionLeases process)
    {
        await process.RenewAsync(CancellationToken.None);
        return [.. process.Held];
    }

    private async Task ExecuteAsync(string sql, object values)
    {
        await using var connection = await _service.Work.OpenAsync();
        await connection.ExecuteAsync(sql, values);
    }
}
