using TagSegments.Workflows.Scheduling;

namespace TagSegments.Workflows.Tests.Scheduling;

public sealed class AccountPartitionerTests
{
    private static readonly Guid[] s_processes = [.. Enumerable.Range(0, 5).Select(_ => Guid.CreateVersion7())];

    [Fact]
    public void Accounts_are_spread_evenly_over_processes()
    {
        var shares = Enumerable.Range(1, 10_000).CountBy(account => AccountPartitioner.OwnerOf(account, s_processes)).ToDictionary();

        Assert.All(s_processes, process => Assert.InRange(shares[process], 1_700, 2_300));
    }

    [Fact]
    public void When_a_process_goes_only_its_accounts_move()
    {
        var staying = s_processes.Skip(1).ToList();

        Assert.All(Enumerable.Range(1, 1_000), account =>
        {
            var owner = AccountPartitioner.OwnerOf(account, s_processes);
            Assert.True(owner == s_processes[0] || owner == AccountPartitioner.OwnerOf(account, staying));
        });
    }

    [Fact]
    public void Processes_that_know_each_other_in_another_order_agree() =>
        Assert.All(Enumerable.Range(1, 1_000), account =>
            Assert.Equal(AccountPartitioner.OwnerOf(account, s_processes), AccountPartitioner.OwnerOf(account, s_processes.Reverse())));
}
