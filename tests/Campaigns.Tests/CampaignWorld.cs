using System.Globalization;
using System.Security.Cryptography;
using Crm.Activity.V1;
using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Dapper;
using Npgsql;
using TagSegments.Embedded.Smtp;
using TagSegments.Testing;

namespace TagSegments.Campaigns.Tests;

/// <summary>The real services with a mail server that can be told to misbehave; one per test class.</summary>
public partial class CampaignWorld : IAsyncLifetime
{
    public const string WebhookSecret = "a secret of the tests";

    private static readonly string s_ring = $"1:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}";

    public TestApps Apps { get; private set; } = null!;

    public SmtpSink Mail { get; } = SmtpSink.Start();

    public ActivityService.ActivityServiceClient Activities => new(Apps.Channel(Service.Campaigns));

    public CampaignService.CampaignServiceClient Campaigns => new(Apps.Channel(Service.Campaigns));

    public MessageService.MessageServiceClient Messages => new(Apps.Channel(Service.Campaigns));

    public async Task InitializeAsync() => Apps = await TestApps.StartAsync(new TestAppsOptions
    {
        Services = [Service.Tags, Service.Segments, Service.Campaigns],
        Settings = Settings(Mail.Port).Concat(More).ToDictionary(),
    });

    /// <summary>Settings besides the usual ones.</summary>
    protected virtual IReadOnlyDictionary<string, string?> More => new Dictionary<string, string?>();

    public async Task DisposeAsync()
    {
        await Apps.DisposeAsync();
        await Mail.DisposeAsync();
    }

    /// <summary>
    /// The settings of the campaign service. Its patience with a mail server is the usual one: on a busy machine a shorter one ends, and a message
    /// without an answer is not sent again.
    /// </summary>
    public static Dictionary<string, string?> Settings(int mailPort) => new()
    {
        ["Smtp:Port"] = mailPort.ToString(CultureInfo.InvariantCulture),
        ["Smtp:MessagesPerConnection"] = "1",
        ["Smtp:From"] = "news@acme.example",
        ["Delivery:PollInterval"] = "00:00:00.05",
        ["Delivery:RetryDelay"] = "00:00:00.05",
        ["Keys:Links"] = s_ring,
        ["Keys:Tokens"] = s_ring,
        ["Keys:Secrets"] = s_ring,
        ["Webhooks:generic:Key"] = WebhookSecret,
    };

    public async Task<Contact> NewContactAsync(string account, string email, Action<Contact>? change = null)
    {
        var contact = new Contact { Email = email };
        change?.Invoke(contact);
        return (await Apps.Contacts.CreateContactAsync(new CreateContactRequest { Account = account, Contact = contact })).Contact;
    }

    public async Task<SendMessageResponse> SendAsync(string account, int contactId, Message message) =>
        await Messages.SendMessageAsync(new SendMessageRequest
        {
            Account = account,
            ContactId = contactId,
            Message = message,
            RequestId = Guid.NewGuid().ToString(),
        });

    /// <summary>Waits until a single message has come to the wanted state.</summary>
    public Task<Recipient> WaitForMessageAsync(string account, string messageId, Recipient.Types.State state) => Eventually.ReadAsync(
        async () => (await Messages.GetMessageAsync(new GetMessageRequest { Account = account, MessageId = messageId })).Recipient,
        recipient => recipient.State == state,
        $"the message to be {state}");

    public Task<Campaign> WaitForCampaignAsync(string account, string campaignId, Campaign.Types.State state) => Eventually.ReadAsync(
        async () => (await Campaigns.GetCampaignAsync(new GetCampaignRequest { Account = account, CampaignId = campaignId })).Campaign,
        campaign => campaign.State == state,
        $"the campaign to be {state}");

    public async Task<List<Recipient>> LedgerAsync(string account, string campaignId) =>
        [.. (await Campaigns.ListRecipientsAsync(new ListRecipientsRequest { Account = account, CampaignId = campaignId, PageSize = 10_000 })).Recipients];

    /// <summary>Runs SQL as the owner: to arrange what no call offers, and to read the tables of the service.</summary>
    public async Task<int> ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(Apps.Database.OwnerConnectionString);
        return await connection.ExecuteAsync(sql, parameters);
    }

    public async Task<List<T>> QueryAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(Apps.Database.OwnerConnectionString);
        return (await connection.QueryAsync<T>(sql, parameters)).AsList();
    }

    public static FilterSource Everyone => new() { Filter = new Filter { Everyone = new EveryoneClause() } };

    public static Message Text(string subject, string text = "Hello") => new() { Subject = subject, Text = text };
}
