using System.Collections.Concurrent;
using System.Diagnostics;
using Crm.Accounts.V1;
using Crm.Contacts.V1;
using Crm.Tags.V1;
using Crm.Workflows.V1;
using Dapper;
using Npgsql;
using TagSegments.Chaos.Rig;

namespace TagSegments.Chaos.Scenarios;

/// <summary>Tags contacts while processes die: every acknowledged tagging starts its workflow exactly once, and every run ends.</summary>
internal sealed class WorkflowKills(ChaosRig rig, ChaosOptions options)
{
    private const string Account = "chaos";
    private const int Contacts = 400;
    private const int Writers = 8;
    private static readonly Target[] s_killed = [Target.Tags, Target.Workflows, Target.Workflows, Target.Postgres];
    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(120);

    // Contact -> acknowledged taggings.
    private readonly ConcurrentDictionary<int, int> _events = new();

    public static async Task<ChaosReport> RunAsync(ChaosOptions options)
    {
        await using var rig = await ChaosRig.StartAsync(
            new Dictionary<string, string>(), [Target.Tags, Target.Segments, Target.Campaigns, Target.Workflows]);
        return await new WorkflowKills(rig, options).RunAsync();
    }

    private TagService.TagServiceClient Tags => new(rig[Target.Tags].Channel);

    private async Task<ChaosReport> RunAsync()
    {
        await ArrangeAsync();

        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(writer, stop.Token))).ToArray();
        var loop = new KillLoop(rig, new Random(options.Seed), s_killed);
        var duration = Stopwatch.StartNew();
        await loop.RunAsync(options.Kills, ReleaseLeasesAsync);
        await stop.CancelAsync();
        await Task.WhenAll(writers);
        await DrainAsync();

        var report = await JudgeAsync();
        report.Tell("kills", options.Kills);
        report.Tell("killed", loop.Kills);
        report.Tell("seconds", Math.Round(duration.Elapsed.TotalSeconds));
        if (report.HasViolations)
        {
            rig.ShowRecentOutput();
        }

        return report;
    }

    private async Task ArrangeAsync()
    {
        var accounts = new AccountService.AccountServiceClient(rig[Target.Tags].Channel);
        var contacts = new ContactService.ContactServiceClient(rig[Target.Tags].Channel);
        var workflows = new WorkflowService.WorkflowServiceClient(rig[Target.Workflows].Channel);
        await accounts.CreateAccountAsync(new CreateAccountRequest { Account = Account });
        await Parallel.ForEachAsync(Enumerable.Range(1, Contacts), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, ct) =>
            await contacts.CreateContactAsync(
                new CreateContactRequest { Account = Account, Contact = new Contact { ExternalId = $"{number}" } }, cancellationToken: ct));
        await Tags.CreateTagAsync(new CreateTagRequest { Account = Account, Tag = new Tag { Name = "In" } });
        await Tags.CreateTagAsync(new CreateTagRequest { Account = Account, Tag = new Tag { Name = "Out" } });

        var definition = new Definition
        {
            Triggers = { new Trigger { Tag = new TagTrigger { Change = TagTrigger.Types.Change.Added, Tags = { "In" } } } },
            Reentry = Reentry.EveryEvent,
            Nodes = { new Node { Id = "mark", AddTag = new TagAction { Tag = "Out" } } },
        };
        var created = await workflows.CreateWorkflowAsync(
            new CreateWorkflowRequest { Account = Account, Workflow = new Workflow { Name = "Mark", Definition = definition } });
        await workflows.PublishWorkflowAsync(new PublishWorkflowRequest { Account = Account, WorkflowId = created.Workflow.WorkflowId });
    }

    // Each writer has contacts of its own, puts the tag on and takes it off again: every tagging changes something, so it is an event.
    private async Task WriteAsync(int writer, CancellationToken stop)
    {
        var random = new Random(options.Seed + writer + 1);
        while (!stop.IsCancellationRequested)
        {
            var contact = (random.Next(Contacts / Writers) * Writers) + writer + 1;
            await AddAsync(contact);
            _events.AddOrUpdate(contact, 1, (_, events) => events + 1);
            await RemoveAsync(contact);
            await Task.Delay(random.Next(60), CancellationToken.None);
        }
    }

    private Task<AddTagsResponse> AddAsync(int contact)
    {
        var request = new AddTagsRequest { Account = Account, ContactId = contact, TagNames = { "In" }, RequestId = Guid.NewGuid().ToString() };
        return Calls.UntilAcknowledgedAsync(call => Tags.AddTagsAsync(request, call), CancellationToken.None);
    }

    private Task<RemoveTagsResponse> RemoveAsync(int contact)
    {
        var request = new RemoveTagsRequest { Account = Account, ContactId = contact, TagNames = { "In" }, RequestId = Guid.NewGuid().ToString() };
        return Calls.UntilAcknowledgedAsync(call => Tags.RemoveTagsAsync(request, call), CancellationToken.None);
    }

    // As if the ten seconds of a dead process's lease had passed: else most kills would meet a service that only waits.
    private async Task ReleaseLeasesAsync(Target killed)
    {
        if (killed is Target.Workflows)
        {
            await ExecuteAsync(connection => connection.ExecuteAsync("UPDATE workflows.lease SET held_until = '-infinity'"));
        }
    }

    private async Task DrainAsync()
    {
        var expected = _events.Values.Sum();
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < s_drain)
        {
            var (all, open) = await ExecuteAsync(connection => connection.QuerySingleAsync<(int, int)>(
                "SELECT count(*)::int, count(*) FILTER (WHERE due_at IS NOT NULL)::int FROM workflows.run"));
            if (all >= expected && open == 0)
            {
                return;
            }

            await Task.Delay(200);
        }
    }

    private async Task<ChaosReport> JudgeAsync()
    {
        var runs = (await ExecuteAsync(connection => connection.QueryAsync<(int Contact, int Runs)>(
            "SELECT contact_id, count(*)::int FROM workflows.run GROUP BY contact_id"))).ToDictionary(row => row.Contact, row => row.Runs);
        var unfinished = (await ExecuteAsync(connection => connection.QueryAsync<string>(
            "SELECT contact_id || ' in state ' || state || ': ' || reason FROM workflows.run WHERE state <> @Completed",
            new { Completed = (int)Run.Types.State.Completed }))).ToList();
        var differences = _events.Keys.Union(runs.Keys)
            .Select(contact => (Contact: contact, Events: _events.GetValueOrDefault(contact), Runs: runs.GetValueOrDefault(contact)))
            .ToList();

        var report = new ChaosReport("workflows", options);
        report.Tell("events", _events.Values.Sum());
        report.Tell("runs", runs.Values.Sum());
        var lost = differences.Where(row => row.Runs < row.Events).ToList();
        var doubled = differences.Where(row => row.Runs > row.Events).ToList();
        report.MustBeZero("lost", lost.Sum(row => row.Events - row.Runs), lost.Select(row => $"{row}"));
        report.MustBeZero("doubled", doubled.Sum(row => row.Runs - row.Events), doubled.Select(row => $"{row}"));
        report.MustBeZero("unfinished", unfinished.Count, unfinished);
        return report;
    }

    private async Task<T> ExecuteAsync<T>(Func<NpgsqlConnection, Task<T>> query)
    {
        await using var connection = new NpgsqlConnection(rig.OwnerConnectionString);
        return await query(connection);
    }
}
