using System.Collections.Concurrent;
using System.Security.Cryptography;
using Crm.Accounts.V1;
using Crm.Activity.V1;
using Crm.Campaigns.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Crm.Workflows.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Chaos.Rig;

namespace TagSegments.Chaos.Scenarios;

/// <summary>
/// Makes accounts and deletes them, and lets people come and erases them, most while something is still going on with them. Every text about a
/// person has a mark, by which it is found wherever it is.
/// </summary>
/// <param name="rig">The product.</param>
/// <param name="seed">The seed of every choice.</param>
/// <param name="rest">The pause after each erasure of a worker.</param>
internal sealed class ErasureLoad(ChaosRig rig, int seed, TimeSpan rest)
{
    /// <summary>The account in which people come and are erased.</summary>
    public const string People = "people";

    private const string Kept = "kept";
    private const string Tag = "Hot";
    private const int Workers = 2;
    private const int PeopleOfAccount = 3;
    private readonly ConcurrentBag<int> _deleted = [];
    private readonly ConcurrentBag<string> _marks = [];
    private readonly ConcurrentBag<(int ContactId, string Mark)> _staying = [];
    private readonly ConcurrentBag<string> _refusals = [];
    private int _erased;

    /// <summary>The number of the account that nobody touches.</summary>
    public int KeptId { get; private set; }

    /// <summary>The numbers of the accounts whose deletion was acknowledged.</summary>
    public IReadOnlyCollection<int> DeletedAccounts => _deleted;

    /// <summary>How many people were erased.</summary>
    public int ErasedPeople => _erased;

    /// <summary>The marks of all who are erased, by themselves or with their account.</summary>
    public IReadOnlyCollection<string> Marks => _marks;

    /// <summary>The people who are not erased.</summary>
    public IReadOnlyCollection<(int ContactId, string Mark)> Staying => _staying;

    /// <summary>The calls that were refused and should not have been.</summary>
    public IReadOnlyCollection<string> Refusals => _refusals;

    public static string Address(string mark) => $"{mark}@x.example";

    public async Task ArrangeAsync()
    {
        await OpenAsync(People);
        KeptId = await OpenAsync(Kept);
        for (var i = 0; i < PeopleOfAccount; i++)
        {
            await LiveAsync(Kept);
        }
    }

    /// <summary>Works until cancelled; ends when every call is acknowledged.</summary>
    public Task RunAsync(CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, Workers).SelectMany(worker => new[]
    {
        Task.Run(() => RepeatAsync(round => DeleteAccountAsync($"gone-{worker}-{round}"), stop), CancellationToken.None),
        Task.Run(() => RepeatAsync(new Random(seed + worker), ErasePersonAsync, stop), CancellationToken.None),
    }));

    private Task RepeatAsync(Random random, Func<bool, Task> act, CancellationToken stop) => RepeatAsync(_ => act(random.Next(4) == 0), stop);

    private async Task RepeatAsync(Func<int, Task> act, CancellationToken stop)
    {
        for (var round = 0; !stop.IsCancellationRequested; round++)
        {
            try
            {
                await act(round);
                await Task.Delay(rest, CancellationToken.None);
            }
            catch (RpcException e)
            {
                _refusals.Add(e.Status.ToString());
            }
        }
    }

    private async Task DeleteAccountAsync(string account)
    {
        var accountId = await OpenAsync(account);
        for (var i = 0; i < PeopleOfAccount; i++)
        {
            _marks.Add((await LiveAsync(account)).Mark);
        }

        var request = new DeleteAccountRequest { Account = account, RequestId = Id() };
        try
        {
            await Calls.UntilAcknowledgedAsync(call => Accounts.DeleteAccountAsync(request, call), CancellationToken.None);
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.NotFound)
        {
            // The answer was lost, and the erasure has begun meanwhile.
        }

        _deleted.Add(accountId);
    }

    private async Task ErasePersonAsync(bool stays)
    {
        var (contactId, mark) = await LiveAsync(People);
        if (stays)
        {
            _staying.Add((contactId, mark));
            return;
        }

        // What comes at the same time, or later, comes too late.
        var late = ActAsync(People, contactId, mark);
        var request = new EraseContactRequest { Account = People, ContactId = contactId, RequestId = Id() };
        await Calls.UntilAcknowledgedAsync(call => Contacts.EraseContactAsync(request, call), CancellationToken.None);
        _marks.Add(mark);
        Interlocked.Increment(ref _erased);
        try
        {
            await late;
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.NotFound or StatusCode.InvalidArgument)
        {
            // There is no such contact any more.
        }
    }

    // An account with a workflow that everybody enters and a segment.
    private async Task<int> OpenAsync(string account)
    {
        var create = new CreateAccountRequest { Account = account, RequestId = Id() };
        var accountId = (await Calls.UntilAcknowledgedAsync(call => Accounts.CreateAccountAsync(create, call), CancellationToken.None)).Account.AccountId;
        var tag = new CreateTagRequest { Account = account, Tag = new() { Name = Tag }, RequestId = Id() };
        await Calls.UntilAcknowledgedAsync(call => Tags.CreateTagAsync(tag, call), CancellationToken.None);
        var segment = new CreateSegmentRequest { Account = account, Segment = new() { Name = Tag }, Text = $"has tag \"{Tag}\"", RequestId = Id() };
        await Calls.UntilAcknowledgedAsync(call => Segments.CreateSegmentAsync(segment, call), CancellationToken.None);
        var yaml = $"{{name: Care, triggers: [{{tag: {{tags: [{Tag}]}}}}], nodes: [{{id: rest, wait: {{period: 30 days}}}}]}}";
        var draft = new CreateWorkflowRequest { Account = account, Yaml = yaml, RequestId = Id() };
        var workflow = (await Calls.UntilAcknowledgedAsync(call => Workflows.CreateWorkflowAsync(draft, call), CancellationToken.None)).Workflow;
        var publish = new PublishWorkflowRequest { Account = account, WorkflowId = workflow.WorkflowId, RequestId = Id() };
        await Calls.UntilAcknowledgedAsync(call => Workflows.PublishWorkflowAsync(publish, call), CancellationToken.None);
        return accountId;
    }

    // A person leaves a trace in every service.
    private async Task<(int ContactId, string Mark)> LiveAsync(string account)
    {
        var mark = $"zq{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        var create = new CreateContactRequest
        {
            Account = account,
            Contact = new() { Email = Address(mark), FirstName = $"First {mark}", ExternalId = mark },
            RequestId = Id(),
        };
        var contactId = (await Calls.UntilAcknowledgedAsync(call => Contacts.CreateContactAsync(create, call), CancellationToken.None)).Contact.ContactId;
        var tag = new AddTagsRequest
        {
            Account = account,
            ContactId = contactId,
            TagNames = { Tag },
            Cause = new() { Kind = Cause.Types.Kind.User, Detail = $"asked by {mark}" },
            RequestId = Id(),
        };
        await Calls.UntilAcknowledgedAsync(call => Tags.AddTagsAsync(tag, call), CancellationToken.None);
        await ActAsync(account, contactId, mark);
        var send = new SendMessageRequest
        {
            Account = account,
            ContactId = contactId,
            Message = new() { FromAddress = "news@sender.example.com", Subject = $"Dear {mark}", Text = $"Hello {mark}" },
            RequestId = Id(),
        };
        await Calls.UntilAcknowledgedAsync(call => Messages.SendMessageAsync(send, call), CancellationToken.None);
        var refuse = new AddSuppressionRequest
        {
            Account = account,
            Suppression = new() { Address = Address(mark), Reason = Suppression.Types.Reason.Manual, Source = "letter" },
            RequestId = Id(),
        };
        await Calls.UntilAcknowledgedAsync(call => Activities.AddSuppressionAsync(refuse, call), CancellationToken.None);
        return (contactId, mark);
    }

    private async Task ActAsync(string account, int contactId, string mark)
    {
        var activity = new Activity
        {
            ContactId = contactId,
            Kind = Activity.Types.Kind.Custom,
            EventName = "signup",
            DedupeKey = $"key {Id()}",
            Properties = new() { Fields = { ["comment"] = Value.ForString($"comment {mark}") } },
        };
        var record = new RecordActivitiesRequest { Account = account, Activities = { activity }, RequestId = Id() };
        await Calls.UntilAcknowledgedAsync(call => Activities.RecordActivitiesAsync(record, call), CancellationToken.None);
    }

    private static string Id() => Guid.NewGuid().ToString();

    private AccountService.AccountServiceClient Accounts => new(rig[Target.Tags].Channel);

    private ContactService.ContactServiceClient Contacts => new(rig[Target.Tags].Channel);

    private TagService.TagServiceClient Tags => new(rig[Target.Tags].Channel);

    private SegmentService.SegmentServiceClient Segments => new(rig[Target.Segments].Channel);

    private WorkflowService.WorkflowServiceClient Workflows => new(rig[Target.Workflows].Channel);

    private ActivityService.ActivityServiceClient Activities => new(rig[Target.Campaigns].Channel);

    private MessageService.MessageServiceClient Messages => new(rig[Target.Campaigns].Channel);
}
