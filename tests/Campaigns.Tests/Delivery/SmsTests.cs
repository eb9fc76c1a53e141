using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crm.Campaigns.V1;
using Crm.Common.V1;
using TagSegments.Campaigns.Delivery;
using TagSegments.ServiceDefaults.Egress;
using TagSegments.Testing;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Campaigns.Tests.Delivery;

// Text messages over HTTP: the requests that are posted, and the ledger after each kind of answer.
public sealed class SmsTests : IAsyncLifetime
{
    private const string Secret = "a secret of the tests";
    private SmsProvider _provider = null!;
    private TestApps _apps = null!;

    public async Task InitializeAsync()
    {
        _provider = await SmsProvider.StartAsync();
        var settings = CampaignWorld.Settings(mailPort: 1);
        (settings["Sms:Url"], settings["Sms:Secret"], settings["Sms:From"]) = (_provider.Url, Secret, "ACME");
        settings["Delivery:HandOverTimeout"] = "00:00:10";
        settings["Egress:AllowedNetworks:0"] = "127.0.0.0/8";
        _apps = await TestApps.StartAsync(new TestAppsOptions { Services = [Service.Tags, Service.Segments, Service.Campaigns], Settings = settings });
    }

    public async Task DisposeAsync()
    {
        await _apps.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Posts_the_rendered_text_signed_with_the_secret()
    {
        var recipient = await SendAsync(State.Accepted);

        var post = Assert.Single(_provider.Posts);
        var body = JsonSerializer.Deserialize<Dictionary<string, string>>(post.Body)!;
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes($"{post.Timestamp}.{post.Body}"));
        Assert.Equal(("+43123456789", "ACME", "Hello Ann"), (body["to"], body["from"], body["text"]));
        Assert.Equal(Convert.ToHexStringLower(signature), post.Signature);
        Assert.Equal(body["id"], post.IdempotencyKey);
        Assert.InRange(long.Parse(post.Timestamp, null), DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1);
        Assert.Equal("202 Accepted", recipient.Detail);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Tries_again_later_with_the_same_id(int status)
    {
        _provider.Answer = post => Task.FromResult(post == 1 ? status : 202);

        var recipient = await SendAsync(State.Accepted);

        Assert.Equal(2, recipient.Attempts);
        Assert.Single(_provider.Posts.Select(post => post.IdempotencyKey).Distinct());
    }

    [Fact]
    public async Task A_refusal_fails_the_message()
    {
        _provider.Answer = _ => Task.FromResult(400);

        var recipient = await SendAsync(State.Failed);

        Assert.Equal((Recipient.Types.Reason.Rejected, "400 BadRequest"), (recipient.Reason, recipient.Detail));
    }

    [Fact]
    public async Task A_provider_that_does_not_answer_leaves_the_message_unknown()
    {
        var never = new TaskCompletionSource<int>();
        _provider.Answer = _ => never.Task;

        var recipient = await SendAsync(State.Unknown);
        never.SetResult(202);

        Assert.Equal(Recipient.Types.Reason.NoAnswer, recipient.Reason);
        Assert.Single(_provider.Posts);
    }

    // Finding 22 of the security review: the rules for addresses are those of webhooks.
    [Fact]
    public async Task Finding22_a_provider_inside_is_not_called_unless_the_operator_allows_it()
    {
        var options = new EgressOptions();
        using var limits = new DestinationLimits(options, TimeProvider.System);
        using var egress = new EgressClient(options, limits);
        var transport = new SmsTransport(egress, new SmsOptions { Url = _provider.Url }, new DeliveryOptions(), TimeProvider.System);

        var result = await transport.SendAsync(new OutgoingMessage("1", "+43123", "", "", "", "", "Hello", "", ""), () => { });

        Assert.Equal(State.Deferred, result.State);
        Assert.Contains("private, local or reserved", result.Detail, StringComparison.Ordinal);
        Assert.Empty(_provider.Posts);
    }

    private async Task<Recipient> SendAsync(State expected)
    {
        var account = await _apps.NewAccountAsync();
        var contact = (await _apps.Contacts.CreateContactAsync(
            new() { Account = account, Contact = new() { FirstName = "Ann", Phone = "+43 1 234 56 789" } })).Contact;
        var messages = new MessageService.MessageServiceClient(_apps.Channel(Service.Campaigns));
        var sent = await messages.SendMessageAsync(new()
        {
            Account = account,
            ContactId = contact.ContactId,
            Channel = Channel.Sms,
            Message = new Message { Text = "Hello {{ contact.first_name }}" },
            RequestId = "1",
        });
        return await Eventually.ReadAsync(
            async () => (await messages.GetMessageAsync(new() { Account = account, MessageId = sent.MessageId })).Recipient,
            recipient => recipient.State == expected);
    }
}
