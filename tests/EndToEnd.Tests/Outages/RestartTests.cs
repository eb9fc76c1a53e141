using System.Net;
using Crm.Campaigns.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;
using Kind = Crm.Activity.V1.Activity.Types.Kind;

namespace TagSegments.EndToEnd.Tests.Outages;

/// <summary>PostgreSQL is restarted or killed while calls are made.</summary>
public sealed class RestartTests : IAsyncLifetime
{
    private PostgresServer _server = null!;
    private TestApps _apps = null!;

    public async Task InitializeAsync()
    {
        _server = await PostgresServer.StartAsync();
        _apps = await TestApps.StartAsync(new()
        {
            Services = [Service.Tags, Service.Segments, Service.Campaigns],
            Settings = Calls.Quiet,
            Database = await _server.CreateDatabaseAsync(),
        });
    }

    public async Task DisposeAsync()
    {
        await _apps.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Fault9_and_10_calls_are_refused_as_unavailable_and_go_on_by_themselves(bool isKilled)
    {
        var load = await TagLoad.StartAsync(_apps);
        for (var round = 0; round < 3; round++)
        {
            await load.MoreAsync();
            await (isKilled ? _server.KillAsync() : _server.StopAsync());
            await load.FailureAsync();
            await _server.StartAgainAsync();
            await load.MoreAsync();
        }

        await load.StopAsync();

        await load.RequireNothingLostAsync();
        Assert.All(load.Failures, failure =>
        {
            failure.Is(StatusCode.Unavailable, ErrorReason.Unavailable);
            Assert.InRange(failure.RetryDelay!.Value, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(2));
        });
    }

    [Fact]
    public async Task Fault90_links_lead_on_while_the_database_is_away_and_the_click_is_recorded_afterwards()
    {
        const string page = "https://shop.example/spring";
        var account = await _apps.NewAccountAsync();
        var contact = (await _apps.Contacts.CreateContactAsync(new() { Account = account, Contact = new() { Email = "ann@shop.example" } })).Contact;
        await _apps.Messages.SendMessageAsync(new()
        {
            Account = account,
            ContactId = contact.ContactId,
            Message = new Message { Subject = "Spring", Html = $"<a href=\"{page}\">Spring</a>" },
            RequestId = Guid.NewGuid().ToString(),
        });
        var mail = await _apps.Smtp.WaitForAsync(m => m.Header("Subject") == "Spring", Eventually.Patience);
        using var parsed = await MimeKit.MimeMessage.LoadAsync(new MemoryStream(mail.Data.ToArray()));
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        http.DefaultRequestHeaders.UserAgent.ParseAdd("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");

        await _server.StopAsync();
        using var answer = await http.GetAsync(WebUtility.HtmlDecode(parsed.HtmlBody!.Split("href=\"")[1].Split('"')[0]));
        await _server.StartAgainAsync();

        Assert.Equal((HttpStatusCode.Redirect, page), (answer.StatusCode, answer.Headers.Location?.ToString()));
        await Eventually.ReadAsync(
            async () => (await _apps.Activity.ListActivitiesAsync(new() { Account = account, ContactId = contact.ContactId })).Activities,
            activities => activities.Any(activity => activity.Kind == Kind.Clicked));
    }
}
