using Crm.Accounts.V1;
using Crm.Activity.V1;
using Crm.Campaigns.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Crm.Segments.V1;
using Crm.Workflows.V1;
using Dapper;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Npgsql;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.People;

/// <summary>Finding 10: what is too old is deleted, and no promise is broken by it.</summary>
public sealed class Finding10RetentionTests : IAsyncLifetime
{
    private TestApps _apps = null!;
    private TestAccount _account = null!;

    public async Task InitializeAsync()
    {
        _apps = await TestApps.StartAsync(new() { Settings = new Dictionary<string, string?>(MarkedPerson.Settings) { ["Retention:PauseMinutes"] = "0.003" } });
        _account = await TestAccount.NewAsync(_apps);
    }

    public async Task DisposeAsync() => await _apps.DisposeAsync();

    [Fact]
    public async Task Answers_are_kept_for_their_time_and_no_longer()
    {
        var forEver = await TestAccount.NewAsync(_apps);
        await RetainAsync(forEver, new() { RequestDays = 0 });
        foreach (var account in new[] { _account, forEver })
        {
            await CreateTagAsync(account, "young", "Young");
            await CreateTagAsync(account, "old", "Old");
        }

        await ExecuteAsync("UPDATE crm.request SET created_at = now() - interval '29 days' WHERE request_id = 'young'");
        await ExecuteAsync("UPDATE crm.request SET created_at = now() - interval '31 days' WHERE request_id = 'old'");

        await Eventually.ReadAsync(() => RequestsAsync(_account, "old"), count => count == 0);
        Assert.Equal(1, await RequestsAsync(_account, "young"));
        Assert.Equal(1, await RequestsAsync(forEver, "old"));
        await CreateTagAsync(_account, "young", "Young");
        await Expect.FailureAsync(StatusCode.AlreadyExists, ErrorReason.AlreadyExists, () => CreateTagAsync(_account, "old", "Old"));
    }

    [Fact]
    public async Task The_past_and_the_feed_say_where_history_begins_when_old_values_are_gone()
    {
        var contactId = await _account.NewContactAsync(new() { FirstName = "Ada" });
        var position = await PositionAsync();
        await _account.UpdateContactAsync(new() { ContactId = contactId, FirstName = "Bob" }, "first_name");
        await _apps.Contacts.SetConsentAsync(new()
        {
            Account = _account.Name,
            ContactId = contactId,
            Consent = new() { Channel = Channel.Email, State = Consent.Types.State.Subscribed, Source = "form" },
        });
        await ExecuteAsync(
            """
            UPDATE crm.contact_change SET at = at - interval '40 days';
            UPDATE crm.commit SET committed_at = committed_at - interval '40 days';
            UPDATE crm.account SET history_from = history_from - interval '50 days'
            """);
        await _account.UpdateContactAsync(new() { ContactId = contactId, FirstName = "Cleo" }, "first_name");
        var before = DateTime.UtcNow;
        await Task.Delay(5);
        await _account.UpdateContactAsync(new() { ContactId = contactId, FirstName = "Dora" }, "first_name");
        Assert.Equal(1, await CountAsync("first_name = \"Bob\"", before.AddDays(-35)));

        await RetainAsync(_account, new() { ChangeDays = 30 });

        await Eventually.ReadAsync(() => _account.QueryAsync<long>("SELECT count(*) FROM crm.contact_change WHERE at < now() - interval '30 days' AND kind <> 5"), count => count == 0);
        var missing = await Expect.FailureAsync(StatusCode.OutOfRange, ErrorReason.HistoryMissing, () => CountAsync("first_name = \"Bob\"", before.AddDays(-35)));
        var begin = DateTime.Parse(missing.Metadata["earliest"], null, System.Globalization.DateTimeStyles.AdjustToUniversal);
        Assert.InRange(begin, before.AddDays(-30).AddMinutes(-5), DateTime.UtcNow.AddDays(-30).AddMinutes(5));
        Assert.Equal(1, await CountAsync("first_name = \"Cleo\"", before));
        Assert.Equal(1, await CountAsync("first_name = \"Bob\"", begin.AddHours(1)));
        await Expect.FailureAsync(StatusCode.OutOfRange, ErrorReason.HistoryMissing, () => FeedAsync(position));
        Assert.NotEmpty(await FeedAsync(""));
        var consents = (await _apps.Contacts.ListConsentHistoryAsync(new() { Account = _account.Name, ContactId = contactId })).Changes;
        Assert.Equal("form", consents.Single().Consent.Source);
    }

    [Fact]
    public async Task A_filter_that_asks_for_deleted_events_says_so_and_others_stay_exact()
    {
        var (old, young) = (await _account.NewContactAsync(), await _account.NewContactAsync());
        await RecordAsync(old, Activity.Types.Kind.Custom, 40);
        await RecordAsync(young, Activity.Types.Kind.Custom, 10);
        await RecordAsync(old, Activity.Types.Kind.Opened, 40);
        Assert.Equal((2, 1), (await CountAsync("did \"signup\""), await CountAsync("did \"signup\" in last 20 days")));

        await RetainAsync(_account, new() { ActivityDays = 30 });

        await Eventually.ReadAsync(() => _account.QueryAsync<long>("SELECT count(*) FROM campaigns.activity WHERE kind = 9"), count => count == 1);
        foreach (var filter in new[] { "did \"signup\"", "never did \"signup\"", "did \"signup\" at least 2 times in last 60 days", "NOT did \"signup\" more than 31 days ago" })
        {
            var missing = await Expect.FailureAsync(StatusCode.OutOfRange, ErrorReason.HistoryMissing, () => CountAsync(filter));
            Assert.NotEmpty(missing.Metadata["earliest"]);
        }

        Assert.Equal(1, await CountAsync("did \"signup\" in last 20 days"));
        Assert.Equal(1, await CountAsync("never did \"signup\" in last 20 days"));
        Assert.Equal(1, await CountAsync("opened email"));
        Assert.Equal(1, await CountAsync("never opened email"));
    }

    [Fact]
    public async Task A_run_keeps_its_place_when_its_history_is_gone()
    {
        const string yaml = """
            name: Once
            triggers:
            - tag:
                tags: [Hot]
            reentry: once_ever
            nodes:
            - id: done
              end: {}
            """;
        await _account.CreateTagAsync("Hot");
        var workflow = (await _apps.Workflows.CreateWorkflowAsync(new() { Account = _account.Name, Yaml = yaml })).Workflow;
        await _apps.Workflows.PublishWorkflowAsync(new() { Account = _account.Name, WorkflowId = workflow.WorkflowId });
        var contactId = await _account.NewContactAsync();
        await HotAsync(contactId);
        var run = (await RunsAsync(contactId, 1)).Single();
        await ExecuteAsync("UPDATE workflows.run SET ended_at = ended_at - interval '40 days'");

        await RetainAsync(_account, new() { RunDays = 30 });

        await Eventually.ReadAsync(() => _account.QueryAsync<long>("SELECT count(*) FROM workflows.step"), count => count == 0);
        Assert.Equal(run.RunId, (await _apps.Workflows.GetRunAsync(new() { Account = _account.Name, RunId = run.RunId })).Run.RunId);
        await _apps.Tags.RemoveTagsAsync(new() { Account = _account.Name, ContactId = contactId, TagNames = { "Hot" } });
        await HotAsync(contactId);
        var runs = await RunsAsync(contactId, 2);
        Assert.Equal([Run.Types.State.Declined, Run.Types.State.Completed], runs.Select(known => known.State));
    }

    [Fact]
    public async Task A_campaign_counts_as_before_and_its_links_unsubscribe_when_its_addresses_are_gone()
    {
        var contactId = await _account.NewContactAsync(new() { Email = "ada@x.example" });
        var campaign = (await _apps.Campaigns.CreateCampaignAsync(new()
        {
            Account = _account.Name,
            Campaign = new() { Name = "Spring", Message = new() { Subject = "Spring", Text = "Hello" }, Audience = new() { Include = { new FilterSource { Text = "everyone" } } } },
        })).Campaign;
        await _apps.Campaigns.SendCampaignAsync(new() { Account = _account.Name, CampaignId = campaign.CampaignId });
        await Eventually.ReadAsync(
            async () => (await _apps.Campaigns.GetCampaignAsync(new() { Account = _account.Name, CampaignId = campaign.CampaignId })).Campaign.State,
            state => state is Campaign.Types.State.Sent);
        var before = await _apps.Campaigns.GetCampaignStatisticsAsync(new() { Account = _account.Name, CampaignId = campaign.CampaignId });
        await ExecuteAsync("UPDATE campaigns.campaign SET ended_at = ended_at - interval '70 days'");

        await RetainAsync(_account, new() { LedgerDays = 60 });

        await Eventually.ReadAsync(() => _account.QueryAsync<long>("SELECT count(*) FROM campaigns.recipient WHERE address <> ''"), count => count == 0);
        Assert.Equal(before, await _apps.Campaigns.GetCampaignStatisticsAsync(new() { Account = _account.Name, CampaignId = campaign.CampaignId }));
        var link = _apps.Smtp.Messages.Single().Header("List-Unsubscribe")!.Split('<', '>').First(part => part.Contains("/u/", StringComparison.Ordinal));
        using var http = new HttpClient();
        using var answer = await http.PostAsync(new Uri($"{_apps.HttpAddress(Service.Campaigns)}/u/{link.Split("/u/")[1]}"), new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]));
        Assert.True(answer.IsSuccessStatusCode);
        await Eventually.ReadAsync(async () => (await _account.GetContactAsync(contactId)).Consents[0].State, state => state is Consent.Types.State.Unsubscribed);
    }

    [Fact]
    public async Task Times_that_are_too_short_or_long_are_refused()
    {
        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.InvalidField,
            () => RetainAsync(_account, new() { RequestDays = 6, LedgerDays = 59, RunDays = -1, ActivityDays = 36_501, AuditDays = 89 }),
            "retention.activity_days", "retention.request_days", "retention.run_days", "retention.ledger_days", "retention.audit_days");
    }

    private Task RetainAsync(TestAccount account, AccountRetention retention) =>
        _apps.Accounts.SetAccountRetentionAsync(new() { Account = account.Name, Retention = retention }).ResponseAsync;

    private Task CreateTagAsync(TestAccount account, string requestId, string name) =>
        _apps.Tags.CreateTagAsync(new() { Account = account.Name, Tag = new() { Name = name }, RequestId = requestId }).ResponseAsync;

    private static Task<long> RequestsAsync(TestAccount account, string requestId) => account.QueryAsync<long>(
        $"SELECT count(*) FROM crm.request JOIN crm.account USING (account_id) WHERE name = @name AND request_id = '{requestId}'");

    private Task RecordAsync(int contactId, Activity.Types.Kind kind, int daysAgo) => _apps.Activity.RecordActivitiesAsync(new()
    {
        Account = _account.Name,
        Activities =
        {
            new Activity
            {
                ContactId = contactId, Kind = kind, Channel = kind is Activity.Types.Kind.Custom ? Channel.Unspecified : Channel.Email,
                EventName = kind is Activity.Types.Kind.Custom ? "signup" : "", Time = DateTime.UtcNow.AddDays(-daysAgo).ToTimestamp(),
            },
        },
    }).ResponseAsync;

    private async Task<int> CountAsync(string filter, DateTime? asOf = null) => (await _apps.Segments.CountContactsAsync(new()
    {
        Account = _account.Name,
        Source = new() { Text = filter },
        AsOf = asOf?.ToTimestamp(),
    })).Count;

    private async Task<string> PositionAsync()
    {
        using var call = _apps.Contacts.WatchContactEvents(new() { Account = _account.Name, After = "", UntilPresent = true });
        var position = "";
        await foreach (var response in call.ResponseStream.ReadAllAsync())
        {
            position = response.Position;
        }

        return position;
    }

    private async Task<List<ContactEvent>> FeedAsync(string after)
    {
        using var call = _apps.Contacts.WatchContactEvents(new() { Account = _account.Name, After = after, UntilPresent = true });
        var events = new List<ContactEvent>();
        await foreach (var response in call.ResponseStream.ReadAllAsync())
        {
            events.AddRange(response.Events);
        }

        return events;
    }

    private Task HotAsync(int contactId) =>
        _apps.Tags.AddTagsAsync(new() { Account = _account.Name, ContactId = contactId, TagNames = { "Hot" } }).ResponseAsync;

    private async Task<IReadOnlyList<Run>> RunsAsync(int contactId, int count) => await Eventually.ReadAsync(
        async () => (await _apps.Workflows.ListRunsAsync(new() { Account = _account.Name, ContactId = contactId })).Runs,
        runs => runs.Count == count && runs.All(run => run.EndTime is not null));

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_apps.Database.OwnerConnectionString);
        await connection.ExecuteAsync(sql);
    }
}
