using System.Globalization;
using Crm.Campaigns.V1;
using Crm.Common.V1;
using Dapper;
using Npgsql;
using TagSegments.Embedded.Smtp;
using TagSegments.Tags.Changes;
using TagSegments.Testing;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Benchmarks.Campaigns;

/// <summary>The services with an account of contacts that have addresses, and a mail server that takes everything.</summary>
internal sealed class CampaignFixture : IAsyncDisposable
{
    /// <summary>How many messages are handed over at the same time.</summary>
    public const int Connections = 8;

    /// <summary>The address that messages come from.</summary>
    public const string Sender = "news@acme.example";

    /// <summary>The text of every message.</summary>
    private const string Text = "Hello, this is our offer of the week. It is as long as the text of the benchmark's messages is.";

    private readonly TestApps _apps;

    private CampaignFixture(TestApps apps, SmtpSink mail, string account, int contacts)
    {
        _apps = apps;
        Mail = mail;
        Account = account;
        Contacts = contacts;
    }

    public SmtpSink Mail { get; }

    public string Account { get; }

    public int Contacts { get; }

    public CampaignService.CampaignServiceClient Campaigns => _apps.Campaigns;

    public Crm.Activity.V1.ActivityService.ActivityServiceClient Activities => _apps.Activity;

    public static async Task<CampaignFixture> StartAsync(int contacts)
    {
        var mail = SmtpSink.Start();
        var apps = await TestApps.StartAsync(new TestAppsOptions
        {
            Services = [Service.Tags, Service.Segments, Service.Campaigns],
            Settings = new Dictionary<string, string?>
            {
                ["Smtp:From"] = Sender,
                ["Smtp:Port"] = mail.Port.ToString(CultureInfo.InvariantCulture),
                ["Delivery:Connections"] = Connections.ToString(CultureInfo.InvariantCulture),
            },
        });
        var fixture = new CampaignFixture(apps, mail, await apps.NewAccountAsync(), contacts);
        await fixture.CreateContactsAsync();
        return fixture;
    }

    /// <summary>Creates a campaign to everybody and starts it.</summary>
    public async Task<string> SendAsync()
    {
        var campaign = new Campaign
        {
            Name = Guid.NewGuid().ToString(),
            Message = new Message { Subject = "Hello {{ contact.first_name }}", Text = Text },
            Audience = new Audience { Include = { new Crm.Segments.V1.FilterSource { Text = "everyone" } } },
        };
        var id = (await Campaigns.CreateCampaignAsync(new() { Account = Account, Campaign = campaign })).Campaign.CampaignId;
        await Campaigns.SendCampaignAsync(new() { Account = Account, CampaignId = id });
        return id;
    }

    /// <summary>Waits until a campaign is in a state, or past it.</summary>
    public async Task WaitAsync(string campaignId, State state)
    {
        while (true)
        {
            var now = await QueryAsync<State>("SELECT state::int FROM campaigns.campaign WHERE campaign_id = @id", new { id = Guid.Parse(campaignId) });
            if (now == State.Failed)
            {
                throw new InvalidOperationException("The campaign failed.");
            }

            if (now >= state)
            {
                return;
            }

            await Task.Delay(10);
        }
    }

    /// <summary>Runs SQL as the owner of everything.</summary>
    public async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(_apps.Database.OwnerConnectionString);
        await connection.ExecuteAsync(sql, parameters, commandTimeout: 0);
    }

    public async ValueTask DisposeAsync()
    {
        await _apps.DisposeAsync();
        await Mail.DisposeAsync();
    }

    private async Task<T> QueryAsync<T>(string sql, object parameters)
    {
        await using var connection = new NpgsqlConnection(_apps.Database.OwnerConnectionString);
        return (await connection.QuerySingleAsync<T>(sql, parameters))!;
    }

    // Straight into the table, and the set of the living.
    private async Task CreateContactsAsync()
    {
        await ExecuteAsync(
            """
            INSERT INTO crm.contact (account_id, contact_id, email, email_key, first_name)
            SELECT account_id, i, 'contact' || i || '@x.example', 'contact' || i || '@x.example', 'Ann'
            FROM crm.account, generate_series(1, @Contacts) AS i
            WHERE name = @Account
            """,
            new { Account, Contacts });
        await using var databases = _apps.Database.Of("tags");
        var account = await QueryAsync<int>("SELECT account_id FROM crm.account WHERE name = @Account", new { Account });
        var cause = new ChangeCause(Cause.Types.Kind.Import, "benchmark");
        await AccountTransaction.RunAsync(
            databases.Accounts,
            account,
            transaction => transaction.SetBitsAsync(AccountTransaction.LivingTag, [.. Enumerable.Range(1, Contacts)], on: true, cause, default),
            default);
        await ExecuteAsync("VACUUM ANALYZE crm.contact");
    }
}
