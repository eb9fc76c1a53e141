using System.Net;
using Crm.Campaigns.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Microsoft.Extensions.Configuration;
using TagSegments.Campaigns.Tracking;
using TagSegments.ServiceDefaults.Keys;
using TagSegments.Testing;
using Kind = Crm.Activity.V1.Activity.Types.Kind;

namespace TagSegments.Campaigns.Tests.Tracking;

public sealed class TrackingTests(CampaignWorld world) : IClassFixture<CampaignWorld>, IDisposable
{
    private const string Browser = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0";
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    [Fact]
    public async Task An_opened_pixel_and_a_followed_link_are_activities_within_a_second()
    {
        var mail = await SendAsync();

        var pixel = await GetAsync(mail.Open);
        var click = await GetAsync(mail.Click);

        Assert.Equal("image/gif", pixel.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.Redirect, click.StatusCode);
        Assert.Equal("https://example.org/x?a=1&b=2", click.Headers.Location?.AbsoluteUri);
        var activities = await WaitForAsync(mail, Kind.Opened, Kind.Clicked);
        Assert.All(activities, a => Assert.False(a.Machine));
        Assert.Contains(activities, a => a.Detail == "https://example.org/x?a=1&b=2");
    }

    [Fact]
    public async Task Programs_are_marked_as_such_and_a_HEAD_is_no_activity()
    {
        var mail = await SendAsync();

        await _http.SendAsync(new HttpRequestMessage(HttpMethod.Head, mail.Click));
        await GetAsync(mail.Open, "Barracuda Sentinel scanner");

        Assert.True(Assert.Single(await WaitForAsync(mail, Kind.Opened)).Machine);
    }

    [Fact]
    public async Task Getting_the_unsubscribe_page_changes_nothing_and_posting_acts()
    {
        var mail = await SendAsync();

        var page = await GetAsync(mail.Unsubscribe);
        Assert.Empty(await SuppressedAsync(mail));
        var done = await _http.PostAsync(
            mail.Unsubscribe, new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]));

        Assert.Contains("<form method=\"post\">", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        Assert.Equal([mail.Contact.Email], await SuppressedAsync(mail));
        Assert.Single(await WaitForAsync(mail, Kind.Unsubscribed));
    }

    [Fact]
    public async Task An_unsubscribed_contact_is_told_to_the_contact_service()
    {
        var mail = await SendAsync();

        await _http.PostAsync(mail.Unsubscribe, null);

        var contact = await WaitForConsentAsync(mail);
        Assert.Equal("unsubscribe link", contact.Consents.First(c => c.Channel == Channel.Email).Source);
    }

    [Fact]
    public async Task Unsubscribing_works_after_the_contact_was_deleted()
    {
        var mail = await SendAsync();
        await world.Apps.Contacts.DeleteContactAsync(new() { Account = mail.Account, ContactId = mail.Contact.ContactId });

        await _http.PostAsync(mail.Unsubscribe, null);

        Assert.Equal([mail.Contact.Email], await SuppressedAsync(mail));
    }

    [Fact]
    public async Task A_forged_token_is_not_found_and_leads_nowhere()
    {
        var mail = await SendAsync();
        var foreign = new TrackingTokens(KeyRing.From(new ConfigurationBuilder().Build(), KeyRing.Links));
        var target = new TrackingTarget(1, Guid.NewGuid(), mail.Contact.ContactId, Channel.Email, "https://evil.example/");

        await AssertNotFoundAsync(
            mail,
            $"o/{foreign.Create(TokenPurpose.Open, target)}",
            $"c/{foreign.Create(TokenPurpose.Click, target)}",
            $"u/{foreign.Create(TokenPurpose.Unsubscribe, target)}",
            $"c/A{Token(mail.Click)}",
            "u/1",
            "c/https:%2F%2Fevil.example");
    }

    [Fact]
    public async Task A_truncated_token_is_not_found()
    {
        var mail = await SendAsync();

        await AssertNotFoundAsync(mail, $"o/{Token(mail.Open)[..^4]}", $"c/{Token(mail.Click)[4..]}", $"u/{Token(mail.Unsubscribe)[..^1]}");
    }

    [Fact]
    public async Task A_token_of_another_purpose_is_not_found()
    {
        var mail = await SendAsync();
        var (open, click, unsubscribe) = (Token(mail.Open), Token(mail.Click), Token(mail.Unsubscribe));

        await AssertNotFoundAsync(mail, $"o/{click}", $"o/{unsubscribe}", $"c/{open}", $"c/{unsubscribe}", $"u/{open}", $"u/{click}");
    }

    [Fact]
    public async Task A_replayed_unsubscribe_changes_nothing_more()
    {
        var mail = await SendAsync();

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await _http.PostAsync(mail.Unsubscribe, null)).StatusCode);
        }

        Assert.Equal([mail.Contact.Email], await SuppressedAsync(mail));
        Assert.Single(await WaitForAsync(mail, Kind.Unsubscribed));
    }

    // A link that was forwarded or kept withdrew a consent that was given after it.
    [Fact]
    public async Task Finding_11_an_old_unsubscribe_does_not_withdraw_a_consent_that_is_newer()
    {
        var mail = await SendAsync();
        await _http.PostAsync(mail.Unsubscribe, null);
        await WaitForConsentAsync(mail);
        await world.Apps.Contacts.SetConsentAsync(new()
        {
            Account = mail.Account,
            ContactId = mail.Contact.ContactId,
            Consent = new() { Channel = Channel.Email, State = Consent.Types.State.Subscribed, Source = "signed form" },
        });
        await world.Activities.RemoveSuppressionAsync(new() { Account = mail.Account, Address = mail.Contact.Email, Proof = "signed form" });

        var replayed = await _http.PostAsync(mail.Unsubscribe, null);

        Assert.Equal(HttpStatusCode.Gone, replayed.StatusCode);
        Assert.Contains("newer message", await replayed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(await SuppressedAsync(mail));
        var next = await SendAsync(mail.Account, mail.Contact);
        Assert.Equal(HttpStatusCode.OK, (await _http.PostAsync(next.Unsubscribe, null)).StatusCode);
        Assert.Equal([mail.Contact.Email], await SuppressedAsync(mail));
    }

    // Faults B1 and B3 of the page of faults: 500 at the click for another script, 414 for a long address.
    [Theory]
    [InlineData("https://bücher.example/x", 0, "https://xn--bcher-kva.example/x")]
    [InlineData("www.example.com/ä b", 0, "https://www.example.com/%C3%A4%20b")]
    [InlineData("https://example.org/?q=", 1_900, "")]
    [InlineData("https://example.org/?q=", 2_000, "")]
    [InlineData("https://example.org/?q=", 6_500, "")]
    [InlineData("https://example.org/?q=", 60_000, "")]
    public async Task FaultB1_and_B3_links_lead_where_they_say_in_any_script_and_length(string target, int more, string expected)
    {
        var url = target + new string('x', more);
        var account = await world.Apps.NewAccountAsync();
        var mail = await SendAsync(account, await world.ContactAsync(account), $"""<a href="{url}">x</a> <a href="{"{{ unsubscribe_url }}"}">no more</a>""");

        var leadsTo = mail.Click.StartsWith(Base, StringComparison.Ordinal) ? (await GetAsync(mail.Click)).Headers.Location?.OriginalString : mail.Click;

        Assert.Equal(more > 0 ? url : expected, leadsTo);
    }

    [Fact]
    public async Task A_replayed_click_leads_to_the_same_address()
    {
        var mail = await SendAsync();

        var first = await GetAsync(mail.Click);
        var second = await GetAsync($"{mail.Click}?url=https://evil.example");

        Assert.Equal(first.Headers.Location, second.Headers.Location);
    }

    [Fact]
    public async Task Finding_20_Links_lead_nowhere_at_the_addresses_of_operators_and_calls()
    {
        var mail = await SendAsync();
        var link = new Uri(mail.Click).PathAndQuery;
        using var overHttp2 = new HttpRequestMessage(HttpMethod.Get, world.Apps.GrpcAddress(Service.Campaigns) + link)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(world.Apps.ManagementAddress(Service.Campaigns) + link)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.SendAsync(overHttp2)).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await GetAsync(mail.Click)).StatusCode);
    }

    public void Dispose() => _http.Dispose();

    private async Task AssertNotFoundAsync(SentMail mail, params string[] paths)
    {
        foreach (var path in paths)
        {
            Assert.Equal(HttpStatusCode.NotFound, (await GetAsync($"{Base}/{path}")).StatusCode);
            Assert.NotEqual(HttpStatusCode.OK, (await _http.PostAsync($"{Base}/{path}", null)).StatusCode);
        }

        Assert.Empty(await SuppressedAsync(mail));
    }

    private Task<Contact> WaitForConsentAsync(SentMail mail) => Eventually.ReadAsync(
        async () => (await world.Apps.Contacts.GetContactAsync(new() { Account = mail.Account, ContactId = mail.Contact.ContactId })).Contact,
        c => c.Consents.Any(consent => consent is { Channel: Channel.Email, State: Consent.Types.State.Unsubscribed }));

    private string Base => world.Apps.HttpAddress(Service.Campaigns);

    private static string Token(string url) => url.Split('/')[^1];

    private async Task<SentMail> SendAsync()
    {
        var account = await world.Apps.NewAccountAsync();
        return await SendAsync(account, await world.NewContactAsync(account, $"{Guid.NewGuid():N}@x.example"));
    }

    private Task<SentMail> SendAsync(string account, Contact contact) => SendAsync(
        account, contact, """<body><a href="https://example.org/x?a=1&amp;b=2">x</a> <a href="{{ unsubscribe_url }}">no more</a></body>""");

    private Task<SentMail> SendAsync(string account, Contact contact, string html) => SentMail.SendAsync(world, account, contact, html);

    private Task<HttpResponseMessage> GetAsync(string url, string agent = Browser)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.UserAgent.TryParseAdd(agent);
        return _http.SendAsync(request);
    }

    private Task<List<Crm.Activity.V1.Activity>> WaitForAsync(SentMail mail, params Kind[] kinds) => Eventually.ReadAsync(
        async () =>
        {
            var request = new Crm.Activity.V1.ListActivitiesRequest { Account = mail.Account, ContactId = mail.Contact.ContactId, Kinds = { kinds } };
            return (await world.Activities.ListActivitiesAsync(request)).Activities.ToList();
        },
        activities => activities.Count >= kinds.Length);

    private async Task<List<string>> SuppressedAsync(SentMail mail) => [.. (await world.Activities.ListSuppressionsAsync(new() { Account = mail.Account })).Suppressions.Select(s => s.Address)];
}
