using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crm.Activity.V1;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using TagSegments.Campaigns.Webhooks;
using TagSegments.Testing;
using State = Crm.Campaigns.V1.Recipient.Types.State;
using Provider = Crm.Activity.V1.WebhookProvider;

namespace TagSegments.Campaigns.Tests.Webhooks;

/// <summary>
/// Finding 21 of the security review: bodies were read and parsed before it was known that the provider was switched on and the signature right,
/// signatures that do not cover the body could be played back with another one, and one key was everybody's.
/// </summary>
public sealed class Finding21Tests(CampaignWorld world) : IClassFixture<CampaignWorld>, IDisposable
{
    private const string Key = "a signing key of mailgun";
    private const string Password = "hook:a password of the tests";
    private readonly HttpClient _http = new();

    [Fact]
    public async Task Nothing_is_read_of_a_call_to_a_provider_that_is_off_or_with_a_wrong_password()
    {
        var account = await world.Apps.NewAccountAsync();
        await SetKeyAsync(account, Provider.Postmark, Password);

        Assert.IsType<UnauthorizedHttpResult>(await ReceiveAsync("mailgun", null, Unreadable()));
        Assert.IsType<UnauthorizedHttpResult>(await ReceiveAsync("mailgun", account, Unreadable()));
        Assert.IsType<UnauthorizedHttpResult>(await ReceiveAsync("postmark", "nobody", Unreadable()));
        Assert.IsType<UnauthorizedHttpResult>(await ReceiveAsync("postmark", account, Unreadable()));
        Assert.IsType<NotFound>(await ReceiveAsync("nobody", account, Unreadable()));
    }

    [Fact]
    public async Task Nothing_is_parsed_before_the_signature_is_right()
    {
        var account = await world.Apps.NewAccountAsync();
        await SetKeyAsync(account, Provider.Generic, "a secret of the account");

        Assert.Equal(HttpStatusCode.Unauthorized, (await PostGenericAsync(account, "a secret of somebody", "no JSON")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostGenericAsync(account, "a secret of the account", "no JSON")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PostGenericAsync(account, "a secret of the account", "[]")).StatusCode);
    }

    [Fact]
    public async Task A_body_that_is_larger_than_the_provider_sends_is_refused()
    {
        var account = await world.Apps.NewAccountAsync();
        await SetKeyAsync(account, Provider.Mailgun, Key);

        using var answer = await _http.PostAsync($"{Base}/w/mailgun/{account}", new ByteArrayContent(new byte[300 * 1024]));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task A_signature_of_mailgun_is_good_for_one_body()
    {
        var (mail, other) = (await SendAsync(), await SendAsync());
        await SetKeyAsync(mail.Account, Provider.Mailgun, Key);
        await SetKeyAsync(other.Account, Provider.Mailgun, Key);
        var signature = MailgunSignature();
        var at = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

        var delivered = await PostMailgunAsync(mail, signature, "delivered", at);
        var repeated = await PostMailgunAsync(mail, signature, "delivered", at);
        var replayed = await PostMailgunAsync(mail, signature, "complained");
        var elsewhere = await PostMailgunAsync(other, signature, "complained");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (delivered.StatusCode, repeated.StatusCode));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (replayed.StatusCode, elsewhere.StatusCode));
        Assert.Empty(await SuppressedAsync(mail));
        Assert.Equal(HttpStatusCode.OK, (await PostMailgunAsync(mail, MailgunSignature(), "complained")).StatusCode);
        Assert.Equal([mail.Contact.Email], await SuppressedAsync(mail));
    }

    [Fact]
    public async Task A_key_of_an_account_reports_about_its_own_messages_only()
    {
        var (mine, theirs) = (await SendAsync(), await SendAsync());
        await SetKeyAsync(mine.Account, Provider.Postmark, Password);

        var foreign = await PostPostmarkAsync(mine.Account, theirs);
        var own = await PostPostmarkAsync(mine.Account, mine);

        Assert.Equal("""{"recorded":0}""", await foreign.Content.ReadAsStringAsync());
        Assert.Equal("""{"recorded":1}""", await own.Content.ReadAsStringAsync());
        Assert.Empty(await SuppressedAsync(theirs));
        Assert.Equal([mine.Contact.Email], await SuppressedAsync(mine));
    }

    [Fact]
    public async Task What_happened_before_a_new_consent_does_not_undo_it_when_it_is_reported_late()
    {
        var mail = await SendAsync();
        await SetKeyAsync(mail.Account, Provider.Mailgun, Key);
        var before = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 5;
        await PostMailgunAsync(mail, MailgunSignature(), "complained", before);
        await world.Activities.RemoveSuppressionAsync(new() { Account = mail.Account, Address = mail.Contact.Email, Proof = "signed form" });

        await PostMailgunAsync(mail, MailgunSignature(), "complained", before);

        Assert.Empty(await SuppressedAsync(mail));
    }

    [Fact]
    public async Task A_key_of_an_account_is_sealed_cannot_be_read_and_can_be_replaced_and_deleted()
    {
        var account = await world.Apps.NewAccountAsync();
        var set = await SetKeyAsync(account, Provider.Mailgun, Key);
        await SetKeyAsync(account, Provider.Mailgun, "another key of mailgun");

        Assert.Equal($"/w/mailgun/{account}", set.WebhookKey.Path);
        var stored = Assert.Single(await world.QueryAsync<string>("SELECT secret FROM campaigns.webhook_key WHERE account_name = @account", new { account }));
        Assert.StartsWith("1.", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("another", stored, StringComparison.Ordinal);
        Assert.Equal(Provider.Mailgun, Assert.Single((await Webhooks.ListWebhookKeysAsync(new() { Account = account })).WebhookKeys).Provider);
        await Webhooks.DeleteWebhookKeyAsync(new() { Account = account, Provider = Provider.Mailgun });
        Assert.Empty((await Webhooks.ListWebhookKeysAsync(new() { Account = account })).WebhookKeys);
        await Expect.FailureAsync(
            StatusCode.NotFound, ErrorReason.NotFound, async () => await Webhooks.DeleteWebhookKeyAsync(new() { Account = account, Provider = Provider.Mailgun }));
    }

    public void Dispose() => _http.Dispose();

    private WebhookService.WebhookServiceClient Webhooks => new(world.Apps.Channel(Service.Campaigns));

    private string Base => world.Apps.HttpAddress(Service.Campaigns);

    private async Task<SetWebhookKeyResponse> SetKeyAsync(string account, Provider provider, string key) =>
        await Webhooks.SetWebhookKeyAsync(new() { Account = account, Provider = provider, Key = key });

    private Task<IResult> ReceiveAsync(string provider, string? account, HttpRequest request) =>
        world.Apps.App(Service.Campaigns).Services.GetRequiredService<WebhookCalls>().ReceiveAsync(provider, account, request, CancellationToken.None);

    private static HttpRequest Unreadable()
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Authorization = "Basic aG9vazp3cm9uZw==";
        context.Request.Body = new UnreadableStream();
        return context.Request;
    }

    private async Task<Mail> SendAsync()
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await world.NewContactAsync(account, $"{Guid.NewGuid():N}@x.example");
        var sent = await world.SendAsync(account, contact.ContactId, CampaignWorld.Text("x"));
        await world.WaitForMessageAsync(account, sent.MessageId, State.Accepted);
        var mail = await world.Mail.WaitForAsync(m => m.Recipients.Contains(contact.Email), Eventually.Patience);
        return new Mail(account, contact, mail.Header("Message-ID")!);
    }

    private static object MailgunSignature()
    {
        var timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var token = Guid.NewGuid().ToString("N");
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), Encoding.UTF8.GetBytes(timestamp + token));
        return new { timestamp, token, signature = Convert.ToHexStringLower(signature) };
    }

    private Task<HttpResponseMessage> PostMailgunAsync(Mail mail, object signature, string type, long? at = null)
    {
        var body = JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["signature"] = signature,
            ["event-data"] = new Dictionary<string, object?>
            {
                ["event"] = type,
                ["timestamp"] = at ?? DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
                ["id"] = $"{type} {mail.Contact.ContactId}",
                ["recipient"] = mail.Contact.Email,
                ["message"] = new { headers = new Dictionary<string, string> { ["message-id"] = mail.MessageId.Trim('<', '>') } },
            },
        });
        return _http.PostAsync($"{Base}/w/mailgun/{mail.Account}", new StringContent(body, Encoding.UTF8, "application/json"));
    }

    private Task<HttpResponseMessage> PostPostmarkAsync(string account, Mail mail)
    {
        var body = JsonSerializer.Serialize(new
        {
            RecordType = "SpamComplaint",
            mail.Contact.Email,
            Metadata = new { tagsegments = mail.MessageId.Trim('<', '>').Split('@')[0] },
        });
        var request = new HttpRequestMessage(HttpMethod.Post, $"{Base}/w/postmark/{account}") { Content = new StringContent(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Password)));
        return _http.SendAsync(request);
    }

    private Task<HttpResponseMessage> PostGenericAsync(string account, string secret, string body)
    {
        var timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{timestamp}.{body}"));
        var request = new HttpRequestMessage(HttpMethod.Post, $"{Base}/w/generic/{account}") { Content = new StringContent(body) };
        request.Headers.Add("X-Timestamp", timestamp);
        request.Headers.Add("X-Signature", Convert.ToHexStringLower(signature));
        return _http.SendAsync(request);
    }

    private async Task<List<string>> SuppressedAsync(Mail mail) =>
        [.. (await world.Activities.ListSuppressionsAsync(new() { Account = mail.Account })).Suppressions.Select(s => s.Address)];

    private sealed record Mail(string Account, Contact Contact, string MessageId);

    private sealed class UnreadableStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("The body was read.");
    }
}
