using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Work;
using TagSegments.Testing;
using Activity = Crm.Activity.V1.Activity;

namespace TagSegments.EndToEnd.Tests;

/// <summary>
/// Finding 14: an account that asks for much took processors and connections from all others. What is expensive waits for the turn of its account,
/// and accounts that have theirs go ahead.
/// </summary>
public sealed class Finding14TurnTests(SharedApps shared) : IClassFixture<SharedApps>
{
    // More than an account gets turns, fewer than it may have waiting.
    private const int Places = 50;

    public static TheoryData<string, Service> Calls { get; } = new()
    {
        { "ListTags", Service.Tags },
        { "ListContacts with a search", Service.Tags },
        { "PreviewTagChange", Service.Tags },
        { "AuditTags", Service.Tags },
        { "GetTagDictionary", Service.Tags },
        { "GetTagHistory", Service.Tags },
        { "GetTagOverlap", Service.Tags },
        { "PreviewBulkOperation", Service.Tags },
        { "GetCampaign", Service.Campaigns },
        { "GetCampaignStatistics", Service.Campaigns },
        { "ListRecipients", Service.Campaigns },
        { "BreakDownResults", Service.Campaigns },
        { "RecordActivities with many", Service.Campaigns },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task An_expensive_call_waits_for_the_turn_of_its_account_only(string call, Service service)
    {
        var (busy, other) = (await ArrangeAsync(), await ArrangeAsync());
        using var turns = await TakeAllAsync(service, busy.Account.Name);

        var waiting = CallAsync(call, busy);
        await CallAsync(call, other);
        await CallAsync(call, other);
        Assert.False(waiting.IsCompleted);

        turns.Dispose();
        await waiting;
    }

    [Fact]
    public async Task Runs_of_workflows_wait_for_the_turn_of_their_account_only()
    {
        var (busy, other) = (await ArrangeAsync(), await ArrangeAsync());
        using var turns = await TakeAllAsync(Service.Workflows, busy.Account.Name);

        await busy.Account.AddTagsAsync(busy.ContactId, busy.TagId);
        await other.Account.AddTagsAsync(other.ContactId, other.TagId);
        await Eventually.ReadAsync(() => other.Account.TagsOfAsync(other.ContactId), tags => tags.Contains("Out"));
        Assert.DoesNotContain("Out", await busy.Account.TagsOfAsync(busy.ContactId));

        turns.Dispose();
        await Eventually.ReadAsync(() => busy.Account.TagsOfAsync(busy.ContactId), tags => tags.Contains("Out"));
    }

    private async Task<Arranged> ArrangeAsync()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var campaign = await shared.Apps.Campaigns.CreateCampaignAsync(
            new() { Account = account.Name, Campaign = new() { Name = "Draft", Message = new() { Subject = "Hello", Text = "Hello" } } });
        var (tagId, contactId) = (await account.NewTagAsync("In"), await account.NewContactAsync());
        var otherTagId = await account.NewTagAsync("Out");
        var workflow = await shared.Apps.Workflows.CreateWorkflowAsync(
            new() { Account = account.Name, Yaml = "{name: Mark, triggers: [{tag: {tags: [In]}}], nodes: [{id: mark, add_tag: {tag: Out}}]}" });
        await shared.Apps.Workflows.PublishWorkflowAsync(new() { Account = account.Name, WorkflowId = workflow.Workflow.WorkflowId });
        return new Arranged(account, tagId, otherTagId, contactId, campaign.Campaign.CampaignId);
    }

    // The account takes every turn that it can have. Where other tests have turns, it takes places in the queue before the call.
    private async Task<Turns> TakeAllAsync(Service service, string account)
    {
        var services = shared.Apps.App(service).Services;
        var info = await services.GetRequiredService<AccountDirectory>().GetAsync(account, CancellationToken.None);
        var turns = new Turns();
        for (var i = 0; i < Places; i++)
        {
            turns.Add(services.GetRequiredService<FairQueue>().ContinueAsync(info, turns.Token));
        }

        return turns;
    }

    private async Task CallAsync(string call, Arranged arranged)
    {
        var (apps, account) = (shared.Apps, arranged.Account.Name);
        var governance = new GovernanceService.GovernanceServiceClient(apps.Channel(Service.Tags));
        var reports = new ReportService.ReportServiceClient(apps.Channel(Service.Tags));
        await (call switch
        {
            "ListTags" => Answer(apps.Tags.ListTagsAsync(new() { Account = account })),
            "ListContacts with a search" => Answer(apps.Contacts.ListContactsAsync(new() { Account = account, Search = "a" })),
            "PreviewTagChange" => Answer(governance.PreviewTagChangeAsync(new() { Account = account, TagId = arranged.TagId })),
            "AuditTags" => Answer(governance.AuditTagsAsync(new() { Account = account })),
            "GetTagDictionary" => Answer(governance.GetTagDictionaryAsync(new() { Account = account })),
            "GetTagHistory" => Answer(reports.GetTagHistoryAsync(new() { Account = account, TagIds = { arranged.TagId }, Times = { new Timestamp() } })),
            "GetTagOverlap" => Answer(reports.GetTagOverlapAsync(new() { Account = account, TagIds = { arranged.TagId, arranged.OtherTagId } })),
            "PreviewBulkOperation" => Answer(new BulkService.BulkServiceClient(apps.Channel(Service.Tags)).PreviewBulkOperationAsync(
                new() { Account = account, Contacts = new() { Ids = new() { ContactIds = { arranged.ContactId } } }, AddTagIds = { arranged.TagId } })),
            "GetCampaign" => Answer(apps.Campaigns.GetCampaignAsync(new() { Account = account, CampaignId = arranged.CampaignId })),
            "GetCampaignStatistics" => Answer(apps.Campaigns.GetCampaignStatisticsAsync(new() { Account = account, CampaignId = arranged.CampaignId })),
            "ListRecipients" => Answer(apps.Campaigns.ListRecipientsAsync(new() { Account = account, CampaignId = arranged.CampaignId })),
            "BreakDownResults" => Answer(apps.Campaigns.BreakDownResultsAsync(new() { Account = account, Tags = new() })),
            "RecordActivities with many" => Answer(apps.Activity.RecordActivitiesAsync(new()
            {
                Account = account,
                Activities = { Enumerable.Range(0, 100).Select(_ => Opened(arranged.ContactId)) },
            })),
            _ => throw new ArgumentException($"There is no call {call}.", nameof(call)),
        });
    }

    private static Task Answer<T>(AsyncUnaryCall<T> call) => call.ResponseAsync;

    private static Activity Opened(int contactId) =>
        new() { ContactId = contactId, Kind = Activity.Types.Kind.Opened, Time = Timestamp.FromDateTime(DateTime.UtcNow) };

    private sealed record Arranged(TestAccount Account, int TagId, int OtherTagId, int ContactId, string CampaignId);

    private sealed class Turns : IDisposable
    {
        private readonly List<Task<IDisposable>> _turns = [];
        private readonly CancellationTokenSource _end = new();

        public CancellationToken Token => _end.Token;

        public void Add(Task<IDisposable> turn) => _turns.Add(turn);

        public void Dispose()
        {
            // Most wait for their turn.
            _end.Cancel();
            foreach (var turn in _turns)
            {
                _ = turn.ContinueWith(
                    granted => granted.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            }
        }
    }
}
