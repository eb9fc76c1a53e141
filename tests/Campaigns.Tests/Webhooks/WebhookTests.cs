using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crm.Contacts.V1;
using TagSegments.Testing;
using Bounce = Crm.Activity.V1.Activity.Types.Bounce;
using Kind = Crm.Activity.V1.Activity.Types.Kind;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Campaigns.Tests.Webhooks;

public sealed class WebhookTests(CampaignWorld world) : IClassFixture<CampaignWorld>, IDisposable
{
    private readonly HttpClient _http = new();

    [Fact]
    public async Task A_bounce_for_good_is_recorded_and_suppresses_the_address_once()
    {
        var mail = await SendAsync();
        var bounce = Event(mail, "bounced", permanent: true);

        var first = await PostAsync(bounce);
        await PostAsync(bounce);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal([Kind.Bounced, Kind.Sent], await KindsAsync(mail));
        Assert.Equal([mail.Contact.Email], await SuppressedAsync(mail));
    }

    [Fact]
    public async Task The_class_of_a_bounce_is_recorded_with_it()
    {
        var (hard, soft, unknown) = (await SendAsync(), await SendAsync(), await SendAsync());
        var silent = Event(unknown, "bounced");
        silent.Remove("permanent");

        await PostAsync(Event(hard, "bounced", permanent: true), Event(soft, "bounced"), silent, Event(soft, "opened"));

        Assert.Equal([Bounce.Hard, Bounce.Unspecified], (await ActivitiesAsync(hard)).Select(a => a.Bounce));
        Assert.Equal(
            [(Kind.Bounced, Bounce.Soft), (Kind.Opened, Bounce.Unspecified), (Kind.Sent, Bounce.Unspecified)],
            (await ActivitiesAsync(soft)).Select(a => (a.Kind, a.Bounce)).OrderByDescending(a => a.Kind));
        Assert.Equal([Bounce.Unspecified, Bounce.Unspecified], (await ActivitiesAsync(unknown)).Select(a => a.Bounce));
        Assert.Empty(await SuppressedAsync(unknown));
    }

    [Fact]
    public async Task A_complaint_suppresses_and_a_bounce_for_now_does_not()
    {
        var (complained, bounced) = (await SendAsync(), await SendAsync());

        await PostAsync(Event(complained, "complained"), Event(bounced, "bounced"));

        Assert.Equal([complained.Contact.Email], await SuppressedAsync(complained));
        Assert.Empty(await SuppressedAsync(bounced));
    }

    [Fact]
    public async Task A_confirmed_delivery_settles_an_unknown_message()
    {
        var mail = await SendAsync();
        await world.ExecuteAsync(
            "UPDATE campaigns.recipient SET state = 8 WHERE campaign_id = @id", new { id = Guid.Parse(mail.MessageId) });

        await PostAsync(Event(mail, "delivered"));

        await world.WaitForMessageAsync(mail.Account, mail.MessageId, State.Accepted);
        Assert.Equal([Kind.Delivered, Kind.Sent], await KindsAsync(mail));
    }

    [Fact]
    public async Task Messages_that_are_not_ours_are_ignored()
    {
        var mail = await SendAsync();

        var response = await PostAsync(new Dictionary<string, object?>(Event(mail, "bounced", permanent: true)) { ["message_id"] = "<other@example.org>" });

        Assert.Equal("""{"recorded":0}""", await response.Content.ReadAsStringAsync());
        Assert.Empty(await SuppressedAsync(mail));
    }

    [Theory]
    [InlineData("wrong secret", 0)]
    [InlineData(CampaignWorld.WebhookSecret, -100_000)]
    public async Task Refuses_wrong_signatures_and_old_timestamps(string secret, int age)
    {
        var mail = await SendAsync();

        var response = await PostSignedAsync(secret, age, Event(mail, "bounced", permanent: true));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Empty(await SuppressedAsync(mail));
    }

    [Fact]
    public async Task Providers_without_a_key_are_off_and_unknown_ones_are_not_found()
    {
        var body = () => new StringContent("[]", Encoding.UTF8, "application/json");

        Assert.Equal(HttpStatusCode.Unauthorized, (await _http.PostAsync($"{Base}/w/sendgrid", body())).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _http.PostAsync($"{Base}/w/ses", body())).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.PostAsync($"{Base}/w/nobody", body())).StatusCode);
    }

    // Finding 13 of the security review: a pixel of the provider's that is fetched again and again is one open, as ours is.
    [Fact]
    public async Task Finding13_repeated_events_and_repeated_opens_are_recorded_once()
    {
        var mail = await SendAsync();
        var opens = Enumerable.Range(0, 20).Select(i => new Dictionary<string, object?>(Event(mail, "opened")) { ["event_id"] = $"open {i}" }).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PostAsync(Event(mail, "bounced"))));
        await PostAsync(opens);
        await Task.WhenAll(opens.Select(open => PostAsync(open)));

        Assert.Equal([Kind.Opened, Kind.Bounced, Kind.Sent], await KindsAsync(mail));
    }

    public void Dispose() => _http.Dispose();

    private string Base => world.Apps.HttpAddress(Service.Campaigns);

    private async Task<Mail> SendAsync()
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await world.NewContactAsync(account, $"{Guid.NewGuid():N}@x.example");
        var sent = await world.SendAsync(account, contact.ContactId, CampaignWorld.Text("x"));
        await world.WaitForMessageAsync(account, sent.MessageId, State.Accepted);
        var mail = await world.Mail.WaitForAsync(m => m.Recipients.Contains(contact.Email), Eventually.Patience);
        return new Mail(account, contact, sent.MessageId, mail.Header("Message-ID")!);
    }

    private static Dictionary<string, object?> Event(Mail mail, string type, bool permanent = false) => new()
    {
        ["type"] = type,
        ["message_id"] = mail.Header,
        ["email"] = mail.Contact.Email,
        ["event_id"] = $"{type} {mail.MessageId}",
        ["permanent"] = permanent,
    };

    private Task<HttpResponseMessage> PostAsync(params Dictionary<string, object?>[] events) =>
        PostSignedAsync(CampaignWorld.WebhookSecret, 0, events);

    private Task<HttpResponseMessage> PostSignedAsync(string secret, int age, params Dictionary<string, object?>[] events)
    {
        var body = JsonSerializer.Serialize(events);
        var timestamp = (DateTimeOffset.UtcNow.ToUnixTimeSeconds() + age).ToString(CultureInfo.InvariantCulture);
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{timestamp}.{body}"));
        var request = new HttpRequestMessage(HttpMethod.Post, $"{Base}/w/generic") { Content = new StringContent(body) };
        request.Headers.Add("X-Timestamp", timestamp);
        request.Headers.Add("X-Signature", Convert.ToHexStringLower(signature));
        return _http.SendAsync(request);
    }

    private async Task<List<Kind>> KindsAsync(Mail mail) => [.. (await ActivitiesAsync(mail)).Select(a => a.Kind)];

    private async Task<IReadOnlyList<Crm.Activity.V1.Activity>> ActivitiesAsync(Mail mail)
    {
        var request = new Crm.Activity.V1.ListActivitiesRequest { Account = mail.Account, ContactId = mail.Contact.ContactId };
        return (await world.Activities.ListActivitiesAsync(request)).Activities;
    }

    private async Task<List<string>> SuppressedAsync(Mail mail) =>
        [.. (await world.Activities.ListSuppressionsAsync(new() { Account = mail.Account })).Suppressions.Select(s => s.Address)];

    private sealed record Mail(string Account, Contact Contact, string MessageId, string Header);
}
