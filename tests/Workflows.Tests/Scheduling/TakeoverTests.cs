using Crm.Segments.V1;
using Crm.Workflows.V1;
using Microsoft.Extensions.DependencyInjection;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.Testing;
using TagSegments.Workflows.Scheduling;
using TagSegments.Workflows.Tests.Runs;
using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Tests.Scheduling;

/// <summary>Two replicas share the accounts; one of them is a process that is killed.</summary>
public sealed class TakeoverTests
{
    private const int Accounts = 12;
    private const int Contacts = 6;
    private const string Yaml = "{name: W, triggers: [{tag: {tags: [Hot Lead]}}], nodes: [{id: mark, add_tag: {tag: Seen}}]}";

    [Fact]
    public async Task What_a_killed_replica_had_to_do_is_done_exactly_once_by_the_other()
    {
        await using var apps = await TestApps.StartAsync();
        var leases = apps.App(Service.Workflows).Services.GetRequiredService<PartitionLeases>();
        var accounts = new List<(WorkflowAccount Crm, Workflow Workflow)>();
        while (accounts.Count < Accounts)
        {
            var crm = await WorkflowAccount.NewAsync(apps, "Hot Lead", "Seen");
            accounts.Add((crm, await crm.PublishAsync(Yaml)));
        }

        await using var replica = await apps.StartReplicaAsync(Service.Workflows);
        await Eventually.HoldsAsync(() => leases.Held.Count is > 0 and < Partitioner.Partitions * 3 / 4);
        var elsewhere = await Task.WhenAll(accounts.Select(account => IsElsewhereAsync(apps, leases, account.Crm)));
        Assert.Contains(true, elsewhere);

        var adding = Task.WhenAll(accounts.Select(account => AddContactsAsync(account.Crm)));
        await AddContactsAsync(accounts[0].Crm);
        await replica.KillAsync();
        await adding;

        await Eventually.HoldsAsync(() => leases.Held.Count == Partitioner.Partitions);
        foreach (var (i, (crm, workflow)) in accounts.Index())
        {
            var expected = i == 0 ? 2 * Contacts : Contacts;
            var runs = await crm.WaitForRunsAsync(workflow, 0, expected, State.Completed);
            Assert.Equal(expected, runs.Select(run => run.ContactId).Distinct().Count());
            var seen = new FilterSource { Text = "has tag \"Seen\"" };
            Assert.Equal(expected, (await apps.Segments.CountContactsAsync(new() { Account = crm.Name, Source = seen })).Count);
        }
    }

    private static async Task AddContactsAsync(WorkflowAccount crm)
    {
        for (var i = 0; i < Contacts; i++)
        {
            await crm.NewContactAsync(null, "Hot Lead");
        }
    }

    private static async Task<bool> IsElsewhereAsync(TestApps apps, PartitionLeases leases, WorkflowAccount crm)
    {
        var directory = apps.App(Service.Workflows).Services.GetRequiredService<AccountDirectory>();
        return !leases.Holds((await directory.GetAsync(crm.Name, CancellationToken.None)).Id);
    }
}
