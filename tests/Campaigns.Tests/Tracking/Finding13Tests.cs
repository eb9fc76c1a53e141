using System.Net;
using System.Text.RegularExpressions;
using Crm.Activity.V1;
using Crm.Campaigns.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Microsoft.Extensions.DependencyInjection;
using TagSegments.Campaigns.Tracking;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Memory;
using TagSegments.Testing;
using Kind = Crm.Activity.V1.Activity.Types.Kind;

namespace TagSegments.Campaigns.Tests.Tracking;

/// <summary>Finding 13 of the security review: fetching one pixel 1,500 times gave 1,500 activities and 1,500 runs of a workflow.</summary>
public sealed class Finding13Tests : IAsyncLifetime, IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private TestApps _apps = null!;
    private string _account = null!;

    public async Task InitializeAsync()
    {
        _apps = await TestApps.StartAsync(new TestAppsOptions { Settings = new Dictionary<string, string?> { ["Delivery:PollInterval"] = "00:00:00.05" } });
        _account = await _apps.NewAccountAsync();
    }

    public Task DisposeAsync() => _apps.DisposeAsync().AsTask();

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("o", Kind.Opened, HttpStatusCode.OK)]
    [InlineData("c", Kind.Clicked, HttpStatusCode.Redirect)]
    public async Task A_link_that_is_fetched_1500_times_gives_one_activity_and_one_run(string path, Kind kind, HttpStatusCode status)
    {
        var workflow = await PublishAsync(kind);
        var mail = await SendAsync();

        var answers = await FetchAsync(mail.Link(path), 1_500);

        Assert.Equal([status], answers.Distinct());
        var run = (await Eventually.ReadAsync(() => RunsAsync(workflow), runs => runs.Count > 0))[0];
        Assert.Equal(mail.Contact.ContactId, run.ContactId);

        // What was fetched later is recorded later, so nothing is under way when this is there.
        await FetchAsync(mail.Link(path == "o" ? "c" : "o"), 1);
        var activities = await Eventually.ReadAsync(() => ActivitiesAsync(mail, Kind.Opened, Kind.Clicked), found => found.Count > 1);
        Assert.Equal([Kind.Opened, Kind.Clicked], activities.Select(a => a.Kind).Order());
        Assert.Single(await RunsAsync(workflow));
    }

    [Fact]
    public async Task A_program_and_a_person_count_apart_and_so_do_messages()
    {
        var (first, second) = (await SendAsync(), await SendAsync());

        await FetchAsync(first.Link("o"), 20, "a mail scanner");
        await FetchAsync(first.Link("o"), 20);
        await FetchAsync(second.Link("o"), 20);

        var opens = await Eventually.ReadAsync(() => ActivitiesAsync(first, Kind.Opened), found => found.Count == 2);
        Assert.Equal([false, true], opens.Select(open => open.Machine).Order());
        await Eventually.ReadAsync(() => ActivitiesAsync(second, Kind.Opened), found => found.Count == 1);
    }

    [Fact]
    public async Task An_unsubscribe_link_that_is_posted_to_again_and_again_acts_a_few_times_and_is_recorded_once()
    {
        var mail = await SendAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ => (await _http.PostAsync(mail.Link("u"), null)).StatusCode));

        Assert.InRange(answers.Count(status => status is HttpStatusCode.OK), 1, new TrackingOptions().UnsubscribesPerMinute);
        Assert.All(answers, status => Assert.True(status is HttpStatusCode.OK or HttpStatusCode.TooManyRequests));
        Assert.Single(await ActivitiesAsync(mail, Kind.Unsubscribed));
        Assert.Single((await _apps.Activity.ListSuppressionsAsync(new() { Account = _account })).Suppressions);
    }

    [Fact]
    public async Task An_account_has_a_limit_of_events_and_leaves_the_others_alone()
    {
        await _apps.Accounts.SetAccountLimitsAsync(new() { Account = _account, Limits = new() { TrackingEventsPerSecond = 1 } });
        var other = await _apps.NewAccountAsync();
        var limits = _apps.App(Service.Campaigns).Services.GetRequiredService<TrackingLimits>();

        // Twice the rate may come at once.
        await Eventually.ReadAsync(() => limits.MayRecordAsync(1, _account), may => !may);

        Assert.True(await limits.MayRecordAsync(2, other));
        Assert.True(await limits.MayRecordAsync(3, null));
    }

    [Fact]
    public void An_account_has_a_limit_of_events_that_wait()
    {
        using var memory = new MemoryBudget(1_000_000, TimeSpan.FromMinutes(10), TimeProvider.System);
        var accounts = new AccountDirectory((_, _) => Task.FromResult<AccountInfo?>(null), memory, TimeProvider.System);
        using var limits = new TrackingLimits(new TrackingOptions { MostWaiting = 1 }, accounts, AccountLimits.Default, TimeProvider.System);

        var first = limits.Enter(1);
        Assert.False(limits.Enter(1).IsAcquired);
        Assert.True(limits.Enter(2).IsAcquired);
        first.Dispose();

        Assert.True(limits.Enter(1).IsAcquired);
    }

    private async Task<string> PublishAsync(Kind kind)
    {
        var yaml = $"{{name: W, triggers: [{{activity: {{kind: {kind.ToString().ToLowerInvariant()}}}}}], nodes: [{{id: done, end: {{}}}}]}}";
        var workflow = (await _apps.Workflows.CreateWorkflowAsync(new() { Account = _account, Yaml = yaml })).Workflow;
        await _apps.Workflows.PublishWorkflowAsync(new() { Account = _account, WorkflowId = workflow.WorkflowId });
        return workflow.WorkflowId;
    }

    private async Task<IReadOnlyList<Crm.Workflows.V1.Run>> RunsAsync(string workflow) =>
        (await _apps.Workflows.ListRunsAsync(new() { Account = _account, WorkflowId = workflow })).Runs;

    private async Task<List<HttpStatusCode>> FetchAsync(string url, int times, string agent = "Mozilla/5.0 Firefox/140.0")
    {
        using var room = new SemaphoreSlim(200);
        return [.. await Task.WhenAll(Enumerable.Range(0, times).Select(async _ =>
        {
            await room.WaitAsync();
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.UserAgent.TryParseAdd(agent);
            using var response = await _http.SendAsync(request);
            room.Release();
            return response.StatusCode;
        }))];
    }

    private async Task<Mail> SendAsync()
    {
        var contact = (await _apps.Contacts.CreateContactAsync(
            new() { Account = _account, Contact = new() { Email = $"{Guid.NewGuid():N}@x.example" } })).Contact;
        await _apps.Messages.SendMessageAsync(new()
        {
            Account = _account,
            ContactId = contact.ContactId,
            Channel = Channel.Email,
            Message = new Message
            {
                FromAddress = "news@acme.example",
                Subject = "Hello",
                Html = """<body><a href="https://example.org/">x</a> <a href="{{ unsubscribe_url }}">no more</a></body>""",
            },
            RequestId = Guid.NewGuid().ToString(),
        });
        var mail = await _apps.Smtp.WaitForAsync(m => m.Recipients.Contains(contact.Email), Eventually.Patience);
        using var parsed = await MimeKit.MimeMessage.LoadAsync(new MemoryStream(mail.Data.ToArray()));
        return new Mail(contact, parsed.HtmlBody!);
    }

    private async Task<IReadOnlyList<Activity>> ActivitiesAsync(Mail mail, params Kind[] kinds) => (await _apps.Activity.ListActivitiesAsync(
        new() { Account = _account, ContactId = mail.Contact.ContactId, Kinds = { kinds } })).Activities;

    private sealed record Mail(Contact Contact, string Html)
    {
        public string Link(string path) => WebUtility.HtmlDecode(Regex.Match(Html, $"http[^\"]*/{path}/[^\"]*").Value);
    }
}
