using System.Collections.Concurrent;
using System.Diagnostics;
using Crm.Campaigns.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.Chaos.Rig;
using TagSegments.Chaos.Scenarios;

namespace TagSegments.Chaos.Rolls;

/// <summary>
/// Calls at a steady rate: 80 % reads, 15 % changes of tags that start workflows, 5 % messages, campaigns and workflows. It notes what must come of the
/// acknowledged ones.
/// </summary>
internal sealed class MixedLoad(RollRig rig, int seed)
{
    private const double PerSecond = 60;
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(10);
    private readonly ConcurrentQueue<(int Contact, bool IsTagged)> _writable = new(Enumerable.Range(1, RollWorld.Contacts).Select(contact => (contact, false)));
    private readonly ConcurrentDictionary<(string Account, int Contact), int> _taggings = new();
    private readonly ConcurrentQueue<(string Sender, string Recipient)> _messages = new();
    private readonly ConcurrentQueue<(string Tag, int Contacts)> _bulkTags = new();
    private readonly SegmentService.SegmentServiceClient _segments = new(rig.Connect(Target.Segments));
    private readonly ContactService.ContactServiceClient _contacts = new(rig.Connect(Target.Tags));
    private readonly TagService.TagServiceClient _tags = new(rig.Connect(Target.Tags));
    private readonly CampaignService.CampaignServiceClient _campaigns = new(rig.Connect(Target.Campaigns));
    private readonly MessageService.MessageServiceClient _singles = new(rig.Connect(Target.Campaigns));
    private readonly WorkflowService.WorkflowServiceClient _workflows = new(rig.Connect(Target.Workflows));
    private int _number;

    /// <summary>Where calls that begin now are noted.</summary>
    public CallRecord Record { get; set; } = new();

    /// <summary>How often each contact was tagged.</summary>
    public IReadOnlyDictionary<(string Account, int Contact), int> Taggings => _taggings;

    /// <summary>How many contacts have the tag of the workflow, when all calls are answered.</summary>
    public int TaggedNow => _writable.Count(next => next.IsTagged);

    /// <summary>The tags of bulk operations, each with the number of contacts that got it.</summary>
    public IReadOnlyCollection<(string Tag, int Contacts)> BulkTags => _bulkTags;

    /// <summary>How many messages of each sender each recipient must get: of campaigns, single ones, and one for each tagging.</summary>
    public Dictionary<(string Sender, string Recipient), int> Expected() => _messages.Select(message => (Message: message, Count: 1))
        .Concat(_taggings.Select(tagging => (Message: (Sender: RollRig.Sender, Recipient: RollWorld.Address(tagging.Key.Contact)), Count: tagging.Value)))
        .GroupBy(message => message.Message).ToDictionary(group => group.Key, group => group.Sum(message => message.Count));

    /// <summary>Calls until it is stopped; ends when all calls are answered.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var random = new Random(seed);
        var clock = Stopwatch.StartNew();
        var underWay = new List<Task>();
        for (var sent = 0; !stop.IsCancellationRequested; sent++)
        {
            var due = TimeSpan.FromSeconds(sent / PerSecond);
            if (due - clock.Elapsed is { Ticks: > 0 } ahead)
                await Task.Delay(ahead, CancellationToken.None);

            underWay.Add(NoteAsync(Draw(random), Record, () => clock.Elapsed - due));
        }

        await Task.WhenAll(underWay);
    }

    private static async Task NoteAsync((string Name, Func<CallOptions, Task> Call) drawn, CallRecord record, Func<TimeSpan> sinceItsTime)
    {
        try
        {
            await drawn.Call(new CallOptions(deadline: DateTime.UtcNow + s_deadline));
            record.Add(sinceItsTime());
        }
        catch (RpcException e)
        {
            record.Add(drawn.Name, e);
        }
    }

    private (string Name, Func<CallOptions, Task> Call) Draw(Random random)
    {
        const string account = RollWorld.Account;
        var (draw, contact) = (random.Next(100), 1 + random.Next(RollWorld.Contacts));
        var source = new FilterSource { Text = $"""has tag "{RollWorld.Group(contact)}" AND NOT has tag "{WorkflowLoad.SingleTag}" """ };
        return draw switch
        {
            < 25 => ("CountContacts", call => _segments.CountContactsAsync(new() { Account = account, Source = source }, call).ResponseAsync),
            < 40 => ("MatchContacts", call => _segments.MatchContactsAsync(new() { Account = account, Source = source, ContactIds = { contact } }, call).ResponseAsync),
            < 60 => ("GetContact", call => _contacts.GetContactAsync(new() { Account = account, ContactId = contact }, call).ResponseAsync),
            < 80 => ("BatchGetContactTags", call => _tags.BatchGetContactTagsAsync(new() { Account = account, ContactIds = { contact } }, call).ResponseAsync),
            < 94 => ("ChangeTags", ChangeTagsAsync),
            < 95 => ("BulkTag", call => BulkTagAsync(RollWorld.Group(contact), call)),
            < 97 => ("SendMessage", call => SendMessageAsync(contact, call)),
            < 98 => ("SendCampaign", call => SendCampaignAsync(RollWorld.Group(contact), call)),
            < 99 => ("ListCampaigns", call => _campaigns.ListCampaignsAsync(new() { Account = account }, call).ResponseAsync),
            _ => ("ListRuns", call => _workflows.ListRunsAsync(new() { Account = account }, call).ResponseAsync),
        };
    }

    // Every change of a contact waits for the one before it, so that it changes something: every tagging is an event.
    private async Task ChangeTagsAsync(CallOptions call)
    {
        if (!_writable.TryDequeue(out var next))
            throw new RpcException(new Status(StatusCode.ResourceExhausted, "All contacts wait for their last change."));

        var (contact, isTagged) = next;
        var id = Guid.NewGuid().ToString();
        if (isTagged)
        {
            await _tags.RemoveTagsAsync(new() { Account = RollWorld.Account, ContactId = contact, TagNames = { WorkflowLoad.SingleTag }, RequestId = id }, call);
        }
        else
        {
            await _tags.AddTagsAsync(new() { Account = RollWorld.Account, ContactId = contact, TagNames = { WorkflowLoad.SingleTag }, RequestId = id }, call);
            _taggings.AddOrUpdate((RollWorld.Account, contact), 1, (_, count) => count + 1);
        }

        _writable.Enqueue((contact, !isTagged));
    }

    private async Task BulkTagAsync(string group, CallOptions call)
    {
        var name = $"Bulk {Interlocked.Increment(ref _number)}";
        var tag = await _tags.CreateTagAsync(new() { Account = RollWorld.Account, Tag = new Tag { Name = name }, RequestId = $"create-{name}" }, call);
        int[] contacts = [.. RollWorld.Members(group)];
        await _tags.BulkTagAsync(
            new() { Account = RollWorld.Account, ContactIds = { contacts }, AddTagIds = { tag.Tag.TagId }, RequestId = name }, call);
        _bulkTags.Enqueue((name, contacts.Length));
    }

    private async Task SendMessageAsync(int contact, CallOptions call)
    {
        var sender = $"single{Interlocked.Increment(ref _number)}@sender.example.com";
        var message = new Message { FromAddress = sender, Subject = "Single", Text = "Hello" };
        await _singles.SendMessageAsync(new() { Account = RollWorld.Account, ContactId = contact, Message = message, RequestId = sender }, call);
        _messages.Enqueue((sender, RollWorld.Address(contact)));
    }

    private async Task SendCampaignAsync(string group, CallOptions call)
    {
        var sender = $"campaign{Interlocked.Increment(ref _number)}@sender.example.com";
        var campaign = new Campaign
        {
            Name = sender,
            Channel = Channel.Email,
            Message = new Message { FromAddress = sender, Subject = "Campaign", Text = "Hello" },
            Audience = new Audience { Include = { new FilterSource { Text = $"has tag \"{group}\"" } } },
        };
        var created = await _campaigns.CreateCampaignAsync(new() { Account = RollWorld.Account, Campaign = campaign, RequestId = $"create-{sender}" }, call);
        await _campaigns.SendCampaignAsync(
            new() { Account = RollWorld.Account, CampaignId = created.Campaign.CampaignId, RequestId = $"send-{sender}" }, call);
        foreach (var recipient in RollWorld.Members(group))
        {
            _messages.Enqueue((sender, RollWorld.Address(recipient)));
        }
    }
}
