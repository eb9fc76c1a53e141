using System.Text.RegularExpressions;
using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Grpc.Core;
using MimeKit;
using TagSegments.Embedded.Smtp;
using TagSegments.Testing;

namespace TagSegments.Campaigns.Tests.Senders;

/// <summary>The real services with a name server, as an operator runs them for strangers: no sender is believed without proof.</summary>
public sealed class SenderWorld : IAsyncDisposable
{
    private readonly NameServer _dns;

    private SenderWorld(TestApps apps, NameServer dns) => (Apps, _dns) = (apps, dns);

    public TestApps Apps { get; }

    internal NameServer Dns => _dns;

    public static async Task<SenderWorld> StartAsync(params (string Key, string Value)[] settings)
    {
        var dns = NameServer.Start();
        var all = new Dictionary<string, string?>
        {
            ["Smtp:From"] = "shared@operator.example",
            ["Senders:Trust"] = "",
            ["Senders:NameServers:0"] = dns.Address,
            ["Delivery:PollInterval"] = "00:00:00.05",
        };
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        return new(await TestApps.StartAsync(new() { Services = [Service.Tags, Service.Segments, Service.Campaigns], Settings = all }), dns);
    }

    public HttpClient Http { get; } = new();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Apps.DisposeAsync();
        await _dns.DisposeAsync();
    }

    public async Task<SenderDomain> AddAsync(string account, string domain) =>
        (await Apps.Senders.AddSenderDomainAsync(new() { Account = account, Domain = domain })).Domain;

    /// <summary>Has a domain looked at; waits while the account has done so too often.</summary>
    public async Task<SenderDomain> VerifyAsync(string account, string domain)
    {
        while (true)
        {
            try
            {
                return (await Apps.Senders.VerifySenderDomainAsync(new() { Account = account, Domain = domain })).Domain;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.ResourceExhausted)
            {
                await Task.Delay(200);
            }
        }
    }

    /// <summary>Adds a domain and proves it.</summary>
    public async Task<SenderDomain> ProveAsync(string account, string domain)
    {
        var added = await AddAsync(account, domain);
        _dns.Publish(added.RecordName, added.RecordText);
        return await VerifyAsync(account, domain);
    }

    /// <summary>Sends a message to a new contact and returns where its ledger entry stands in the end.</summary>
    public async Task<Recipient> SendAsync(string account, string from)
    {
        var contact = new Contact { Email = $"{Guid.NewGuid():N}@x.example" };
        contact = (await Apps.Contacts.CreateContactAsync(new() { Account = account, Contact = contact })).Contact;
        var message = new Message { FromAddress = from, Subject = "Hello", Text = "Hello" };
        var request = new SendMessageRequest { Account = account, ContactId = contact.ContactId, Message = message, RequestId = Guid.NewGuid().ToString() };
        var sent = await Apps.Messages.SendMessageAsync(request);
        return await Eventually.ReadAsync(
            async () => (await Apps.Messages.GetMessageAsync(new() { Account = account, MessageId = sent.MessageId })).Recipient,
            recipient => recipient.State is Recipient.Types.State.Accepted,
            "the message to be accepted");
    }

    public async Task<Campaign> CreateCampaignAsync(string account, string from)
    {
        var campaign = new Campaign
        {
            Name = Guid.NewGuid().ToString(),
            Message = new() { FromAddress = from, Subject = "Hello", Text = "Hello" },
            Audience = new() { Include = { CampaignWorld.Everyone } },
        };
        return (await Apps.Campaigns.CreateCampaignAsync(new() { Account = account, Campaign = campaign })).Campaign;
    }

    /// <summary>Adds an address to the team and follows the link in the mail that asks.</summary>
    public async Task ConfirmAsync(string account, string address)
    {
        await Apps.Team.AddTeamAddressAsync(new() { Account = account, Address = address });
        var mail = await MailAsync(address, "Please confirm your address");
        (await Http.PostAsync(Link(mail, "t"), null)).EnsureSuccessStatusCode();
    }

    /// <summary>Waits for a mail to an address.</summary>
    public async Task<SmtpMessage> MailAsync(string address, string subject) => (await Eventually.ReadAsync(
        () => Task.FromResult(Apps.Smtp.Messages.FirstOrDefault(mail => mail.Recipients.Contains(address) && mail.Header("Subject") == subject)),
        mail => mail is not null,
        $"the mail to {address}"))!;

    /// <summary>Gets the link of a kind, a letter, from a mail.</summary>
    public static Uri Link(SmtpMessage mail, string kind)
    {
        using var parsed = MimeMessage.Load(new MemoryStream(mail.Data.ToArray()));
        return new(Regex.Match(parsed.TextBody ?? "", $@"http://[^\s>]*/{kind}/[\w.-]+", RegexOptions.None, TimeSpan.FromSeconds(1)).Value);
    }
}
