using System.Globalization;
using Crm.Workflows.V1;
using TagSegments.Testing;
using Xunit.Abstractions;
using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Tests.Runs;

/// <summary>Random workflows on the real services: however they start one another, every run ends visibly, and no event is lost.</summary>
public sealed class RandomRunTests(SharedApps shared, ITestOutputHelper output) : IClassFixture<SharedApps>
{
    private const int Tags = 4;
    private const int Workflows = 4;
    private const int Accounts = 12;

    [Fact]
    public async Task Whatever_workflows_do_to_one_another_every_run_halts()
    {
        var seed = Seed.Value;
        output.WriteLine($"seed {seed}");

        await Task.WhenAll(Enumerable.Range(seed, Accounts).Select(HaltsAsync));
    }

    private async Task HaltsAsync(int seed)
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, [.. Enumerable.Range(1, Tags).Select(RandomWorkflows.TagName)]);
        var all = await PublishAsync(crm, seed);
        var contact = await crm.NewContactAsync();
        var random = new Random(seed);
        for (var i = 0; i < 6; i++)
        {
            var tag = RandomWorkflows.TagName(random.Next(1, Tags + 1));
            await (random.Next(3) > 0 ? crm.AddTagAsync(contact, tag) : crm.RemoveTagAsync(contact, tag));
        }

        var (runs, _, _) = await Eventually.ReadAsync(
            async () =>
            {
                var before = await EventsAsync(crm, contact);
                var runs = await AllRunsAsync(crm);
                var events = await EventsAsync(crm, contact);
                return (Runs: runs, NewEvents: events.Count - before.Count, Missing: Missing(all, events, runs));
            },
            seen => seen is { NewEvents: 0, Missing: [] } && seen.Runs.All(run => run.State is not State.Running),
            $"that everything comes to rest with seed {seed}");

        Assert.All(runs, run => Assert.True(
            run.Cause.WorkflowChain.Contains(run.WorkflowId) == run.State is State.LoopStopped
                && run.Cause.WorkflowChain.Distinct().Count() == run.Cause.WorkflowChain.Count,
            $"seed {seed}: {run}"));
        Assert.DoesNotContain(runs, run => run.State is State.Parked);
        foreach (var workflow in all)
        {
            var counts = await crm.Apps.Workflows.GetWorkflowCountsAsync(new() { Account = crm.Name, WorkflowId = workflow.WorkflowId });
            Assert.Equal(await RunCountOracle.CountAsync(crm, workflow.WorkflowId), RunCountOracle.Of(counts));
        }

        // A circle that the search at publication does not report is not a loop.
        Assert.All(
            runs.Where(run => run.State is State.LoopStopped),
            run => Assert.True(LoopOracle.IsInLoop(all, all.Single(workflow => workflow.WorkflowId == run.WorkflowId)), $"seed {seed}: {run}"));
    }

    // Tags have the numbers 1, 2, 3 ... in a new account, as in the random definitions.
    private static async Task<IReadOnlyList<Workflow>> PublishAsync(WorkflowAccount crm, int seed)
    {
        var drafts = new List<Workflow>();
        for (var i = 1; i <= Workflows; i++)
        {
            drafts.Add(await crm.CreateAsync($"{{name: W{i}, nodes: [{{id: done, end: {{}}}}]}}"));
        }

        var all = new RandomWorkflows(seed, Tags).Make([.. drafts.Select(draft => draft.WorkflowId)]);
        foreach (var workflow in all)
        {
            await crm.Apps.Workflows.UpdateWorkflowAsync(new() { Account = crm.Name, Workflow = workflow });
        }

        foreach (var workflow in all)
        {
            var request = new PublishWorkflowRequest { Account = crm.Name, WorkflowId = workflow.WorkflowId, AcceptLoops = true };
            await crm.Apps.Workflows.PublishWorkflowAsync(request);
        }

        return all;
    }

    private static async Task<List<(string Id, int TagId, bool Added)>> EventsAsync(WorkflowAccount crm, int contact)
    {
        var listed = await crm.Apps.Tags.ListTagEventsAsync(new() { Account = crm.Name, ContactId = contact, PageSize = 1_000 });
        return [.. listed.Events.Select(e => ($"tags/{e.EventId}", e.TagId, e.Kind is Crm.Tags.V1.TagEvent.Types.Kind.Added))];
    }

    private static async Task<IReadOnlyList<Run>> AllRunsAsync(WorkflowAccount crm)
    {
        var runs = new List<Run>();
        var request = new ListRunsRequest { Account = crm.Name, PageSize = 1_000 };
        do
        {
            var page = await crm.Apps.Workflows.ListRunsAsync(request);
            runs.AddRange(page.Runs);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        return runs;
    }

    // The events that start a workflow and have no run of it, or more than one.
    private static List<string> Missing(IReadOnlyList<Workflow> all, List<(string Id, int TagId, bool Added)> events, IReadOnlyList<Run> runs)
    {
        var counts = runs.CountBy(run => (run.EventId, run.WorkflowId)).ToDictionary();
        return [.. from e in events
                   from workflow in all
                   let count = counts.GetValueOrDefault((e.Id, workflow.WorkflowId))
                   where count != (LoopOracle.Starts(e.TagId, e.Added, workflow) ? 1 : 0)
                   select string.Create(CultureInfo.InvariantCulture, $"{e.Id} of {workflow.Name}: {count}")];
    }
}
