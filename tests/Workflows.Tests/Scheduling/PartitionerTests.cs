using TagSegments.Workflows.Scheduling;

namespace TagSegments.Workflows.Tests.Scheduling;

public sealed class PartitionerTests
{
    private static readonly Guid[] s_processes = [.. Enumerable.Range(0, 5).Select(_ => Guid.CreateVersion7())];
    private static readonly IEnumerable<int> s_partitions = Enumerable.Range(0, Partitioner.Partitions);

    [Fact]
    public void Accounts_are_spread_evenly_over_partitions()
    {
        var shares = Enumerable.Range(1, 100 * Partitioner.Partitions).CountBy(Partitioner.PartitionOf).ToDictionary();

        Assert.All(s_partitions, partition => Assert.Equal(100, shares[partition]));
    }

    [Fact]
    public void Partitions_are_spread_over_processes()
    {
        var shares = s_partitions.CountBy(partition => Partitioner.OwnerOf(partition, s_processes)).ToDictionary();

        // A fifth each, give or take four standard deviations.
        Assert.All(s_processes, process => Assert.InRange(shares[process], 25, 78));
    }

    [Fact]
    public void When_a_process_goes_only_its_partitions_move()
    {
        var staying = s_processes.Skip(1).ToList();

        Assert.All(s_partitions, partition =>
        {
            var owner = Partitioner.OwnerOf(partition, s_processes);
            Assert.True(owner == s_processes[0] || owner == Partitioner.OwnerOf(partition, staying));
        });
    }

    [Fact]
    public void Processes_that_know_each_other_in_another_order_agree() =>
        Assert.All(s_partitions, partition =>
            Assert.Equal(Partitioner.OwnerOf(partition, s_processes), Partitioner.OwnerOf(partition, s_processes.Reverse())));
}
