using System.Collections.Concurrent;
using Crm.Accounts.V1;
using Crm.Contacts.V1;
using Crm.Tags.V1;
using Crm.Workflows.V1;
using TagSegments.Chaos.Rig;

namespace TagSegments.Chaos.Scenarios;

/// <summary>Tags contacts, one by one and in bulk, and so starts workflows.</summary>
/// <param name="rig">The product.</param>
/// <param name="seed">The seed of every choice.</param>
/// <param name="rest">The longest pause after a tagging.</param>
internal sealed class WorkflowLoad(ChaosRig rig, int seed, TimeSpan rest)
{
    /// <summary>The tag that contacts get one by one, and the workflow that it starts.</summary>
    public const string SingleTag = "In";

    /// <summary>The tag that contacts get in bulk, and the workflow that it starts.</summary>
    public const string BulkTag = "Flash";

    /// <summary>The accounts with these workflows.</summary>
    public static readonly string[] Accounts = ["chaos-1", "chaos-2", "chaos-3", "chaos-4"];

    private const int Contacts = 100;
    private const int Writers = 8;

    // Account and contact -> acknowledged taggings.
    private readonly ConcurrentDictionary<(string Account, int Contact), int> _events = new();

    /// <summary>How often each contact of an account was tagged, and it was acknowledged.</summary>
    public IReadOnlyDictionary<(string Account, int Contact), int> Acknowledged => _events;

    private TagService.TagServiceClient Tags => new(rig[Target.Tags].Channel);

    public Task ArrangeAsync() => Task.WhenAll(Accounts.Select(ArrangeAsync));

    /// <summary>Works until cancelled; ends when every call is acknowledged.</summary>
    public Task RunAsync(CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, Writers)
        .Select(writer => Task.Run(() => WriteAsync(writer, stop), CancellationToken.None))
        .Append(Task.Run(() => WriteBulkAsync(stop), CancellationToken.None)));

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
        var random = new Random(seed + writer + 1);
        while (!stop.IsCancellationRequested)
        {
            var account = Accounts[random.Next(Accounts.Length)];
            var contact = 1 + writer + (Writers * random.Next(Contacts / Writers));
            var add = new AddTagsRequest { Account = account, ContactId = contact, TagNames = { SingleTag }, RequestId = Guid.NewGuid().ToString() };
            await Calls.UntilAcknowledgedAsync(call => Tags.AddTagsAsync(add, call), CancellationToken.None);
            _events.AddOrUpdate((account, contact), 1, (_, events) => events + 1);
            var remove = new RemoveTagsRequest { Account = account, ContactId = contact, TagNames = { SingleTag }, RequestId = Guid.NewGuid().ToString() };
            await Calls.UntilAcknowledgedAsync(call => Tags.RemoveTagsAsync(remove, call), CancellationToken.None);
            await Task.Delay(rest * random.NextDouble(), CancellationToken.None);
        }
    }

    // A bulk change that is interrupted and repeated makes several rows of the log; the events are read from the log.
    private async Task WriteBulkAsync(CancellationToken stop)
    {
        var random = new Random(seed);
        while (!stop.IsCancellationRequested)
        {
            var account = Accounts[random.Next(Accounts.Length)];
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
}
