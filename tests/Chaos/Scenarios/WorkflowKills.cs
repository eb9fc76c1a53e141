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

/// <summary>
/// Tags contacts, one by one and in bulk, while processes die: every tagging starts its workflow exactly once, every run ends, and each action of
/// a run is done once. Two processes of the workflow service share the accounts.
/// </summary>
internal sealed class WorkflowKills(ChaosRig rig, ChaosOptions options)
{
    /// <summary>The tag that contacts get one by one, and the workflow that it starts.</summary>
    public const string SingleTag = "In";

    /// <summary>The tag that contacts get in bulk, and the workflow that it starts.</summary>
    public const string BulkTag = "Flash";

    private const int Contacts = 100;
    private const int Writers = 8;
    private static readonly string[] s_accounts = ["chaos-1", "chaos-2", "chaos-3", "chaos-4"];
    private static readonly Target[] s_killed = [Target.Tags, Target.Workflows, Target.WorkflowsTwin, Target.Postgres];

    // Runs that a mutant loses never come.
    private readonly TimeSpan _drain = TimeSpan.FromSeconds(options.Mutant is null ? 120 : 20);

    // Account and contact -> acknowledged taggings.
    private readonly ConcurrentDictionary<(string Account, int Contact), int> _events = new();

    public static async Task<ChaosReport> RunAsync(ChaosOptions options)
    {
        await using var rig = await ChaosRig.StartAsync(
            new Dictionary<string, string> { ["Smtp:Security"] = "none" },
            [Target.Smtp, Target.Tags, Target.Segments, Target.Campaigns, Target.Workflows, Target.WorkflowsTwin]);
        return await new WorkflowKills(rig, options).RunAsync();
    }

    private TagService.TagServiceClient Tags => new(rig[Target.Tags].Channel);

    private async Task<ChaosReport> RunAsync()
    {
        await Task.WhenAll(s_accounts.Select(ArrangeAsync));
        await WorkflowMutants.All.MakeAsync(rig.OwnerConnectionString, options.Mutant);
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(writer, stop.Token))).ToList();
        writers.Add(Task.Run(() => WriteBulkAsync(stop.Token)));
        var loop = new KillLoop(rig, new Random(options.Seed), s_killed);
        var duration = Stopwatch.StartNew();
        await loop.RunAsync(options.Kills, ReleaseLeasesAsync);
        await stop.CancelAsync();
        await Task.WhenAll(writers);

        var judge = new WorkflowJudge(rig.OwnerConnectionString);
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < _drain && !await judge.IsDrainedAsync();)
        {
            await Task.Delay(500);
        }

        var report = new ChaosReport("workflows", options);
        await judge.JudgeAsync(report, _events);
        report.Tell("kills", options.Kills);
        report.Tell("killed", loop.Kills);
        report.Tell("seconds", Math.Round(duration.Elapsed.TotalSeconds));
        if (report.HasViolations && options.Mutant is null)
        {
            rig.ShowRecentOutput();
        }

        return report;
    }

    private async Task ArrangeAsync(string account)
    {
        var accounts = new AccountService.AccountServiceClient(rig[Target.Tags].Channel);
        var contacts = new ContactService.ContactServiceClient(rig[Target.Tags].Channel);
        await accounts.CreateAccountAsync(new CreateAccountRequest { Account = account });
        await Parallel.ForEachAsync(Enumerable.Range(1, Contacts), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, ct) =>
            await contacts.CreateContactAsync(
                new CreateContactRequest { Account = account, Contact = new Contact { Email = $"{number}@example.com" } }, cancellationToken: ct));
        foreach (var tag in new[] { SingleTag, BulkTag, "Out" })
        {
            await Tags.CreateTagAsync(new CreateTagRequest { Account = account, Tag = new Tag { Name = tag } });
        }

        await PublishAsync(account, SingleTag, "{id: tell, send_message: {subject: Hello, text: Hello}, next: clear}");
        await PublishAsync(account, BulkTag, "{id: tell, branch: {branches: [{when: has a tag, next: clear}]}}");
    }

    private async Task PublishAsync(string account, string tag, string middle)
    {
        var workflows = new WorkflowService.WorkflowServiceClient(rig[Target.Workflows].Channel);
        var yaml = $"""
            name: {tag}
            triggers: [{"{"}tag: {"{"}tags: [{tag}]{"}"}{"}"}]
            nodes:
            - {"{"}id: mark, add_tag: {"{"}tag: Out{"}"}, next: tell{"}"}
            - {middle}
            - {"{"}id: clear, remove_tag: {"{"}tag: Out{"}"}{"}"}
            """;
        var created = await workflows.CreateWorkflowAsync(new CreateWorkflowRequest { Account = account, Yaml = yaml });
        await workflows.PublishWorkflowAsync(new PublishWorkflowRequest { Account = account, WorkflowId = created.Workflow.WorkflowId });
    }

    // Each writer has contacts of its own, adds the tag and removes it again: every tagging changes something, so it is an event.
    private async Task WriteAsync(int writer, CancellationToken stop)
    {
        var random = new Random(options.Seed + writer + 1);
        while (!stop.IsCancellationRequested)
        {
            var account = s_accounts[random.Next(s_accounts.Length)];
            var contact = 1 + writer + (Writers * random.Next(Contacts / Writers));
            var add = new AddTagsRequest { Account = account, ContactId = contact, TagNames = { SingleTag }, RequestId = Guid.NewGuid().ToString() };
            await Calls.UntilAcknowledgedAsync(call => Tags.AddTagsAsync(add, call), CancellationToken.None);
            _events.AddOrUpdate((account, contact), 1, (_, events) => events + 1);
            var remove = new RemoveTagsRequest { Account = account, ContactId = contact, TagNames = { SingleTag }, RequestId = Guid.NewGuid().ToString() };
            await Calls.UntilAcknowledgedAsync(call => Tags.RemoveTagsAsync(remove, call), CancellationToken.None);
            await Task.Delay(random.Next(60), CancellationToken.None);
        }
    }

    // A bulk change that is interrupted and repeated makes several rows of the log; the events are read from the log.
    private async Task WriteBulkAsync(CancellationToken stop)
    {
        var random = new Random(options.Seed);
        while (!stop.IsCancellationRequested)
        {
            var account = s_accounts[random.Next(s_accounts.Length)];
            var tag = (await Calls.UntilAcknowledgedAsync(
                call => Tags.GetTagAsync(new GetTagRequest { Account = account, Name = BulkTag }, call), CancellationToken.None)).Tag.TagId;
            var contacts = Enumerable.Range(1, Contacts).Where(_ => random.Next(4) == 0).ToList();
            var add = new BulkTagRequest { Account = account, ContactIds = { contacts }, AddTagIds = { tag }, RequestId = Guid.NewGuid().ToString() };
            await Calls.UntilAcknowledgedAsync(call => Tags.BulkTagAsync(add, call), CancellationToken.None);
            var remove = new BulkTagRequest { Account = account, ContactIds = { contacts }, RemoveTagIds = { tag }, RequestId = Guid.NewGuid().ToString() };
            await Calls.UntilAcknowledgedAsync(call => Tags.BulkTagAsync(remove, call), CancellationToken.None);
            await Task.Delay(random.Next(2_000), CancellationToken.None);
        }
    }

    // As if the time had passed after which a silent process counts as dead: else most kills would meet services that only wait. The other process
    // may lose its accounts while it works, which must do no harm.
    private async Task ReleaseLeasesAsync(Target killed)
    {
        if (killed is Target.Workflows or Target.WorkflowsTwin)
        {
            await ExecuteAsync("DELETE FROM workflows.worker");
        }
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(rig.OwnerConnectionString);
        await connection.ExecuteAsync(sql);
    }
}
