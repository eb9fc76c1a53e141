using System.Globalization;
using Crm.Activity.V1;
using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using MailKit.Net.Smtp;
using MimeKit;
using TagSegments.Embedded.Smtp;
using TagSegments.Testing;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Benchmarks.Campaigns;

/// <summary>Sending against a bare loop over the mail library, and recording of activity.</summary>
internal static class CampaignSuite
{
    private const int Connections = 8;
    private const int MaxRecipients = 10_000;
    private const string Text = "Hello, this is our offer of the week. It is as long as the text of the benchmark's messages is.";

    public static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        await using var mail = SmtpSink.Start();
        await using var apps = await TestApps.StartAsync(new TestAppsOptions
        {
            Services = [Service.Tags, Service.Segments, Service.Campaigns],
            Settings = new Dictionary<string, string?>
            {
                ["Smtp:Port"] = mail.Port.ToString(CultureInfo.InvariantCulture),
                ["Delivery:Connections"] = Connections.ToString(CultureInfo.InvariantCulture),
            },
        });
        var account = await apps.NewAccountAsync();
        var recipients = Math.Min(options.Contacts, MaxRecipients);
        await CreateContactsAsync(apps, account, recipients);

        var times = await Interleaved.MedianAsync(
            options.Rounds, () => SendCampaignAsync(apps, account), () => SendBareAsync(mail.Port, recipients));
        report.AtLeast("send a campaign", Rate(recipients, times[0]), "bare MailKit loop", Rate(recipients, times[1]), "messages/s", 0.6);
        await RecordAsync(apps, account, recipients, options, report);
    }

    private static double Rate(int count, double milliseconds) => count * 1_000 / milliseconds;

    private static async Task CreateContactsAsync(TestApps apps, string account, int count) => await Parallel.ForAsync(
        0,
        count,
        new ParallelOptions { MaxDegreeOfParallelism = 64 },
        async (i, ct) => await apps.Contacts.CreateContactAsync(
            new CreateContactRequest { Account = account, Contact = new Contact { Email = $"{i}@x.example", FirstName = "Ann" } },
            cancellationToken: ct));

    private static async Task SendCampaignAsync(TestApps apps, string account)
    {
        var client = new CampaignService.CampaignServiceClient(apps.Channel(Service.Campaigns));
        var campaign = new Campaign
        {
            Name = Guid.NewGuid().ToString(),
            Message = new Message { Subject = "Hello {{ contact.first_name }}", Text = Text },
            Audience = new Audience { Include = { new FilterSource { Filter = new Filter { Everyone = new EveryoneClause() } } } },
        };
        var id = (await client.CreateCampaignAsync(new() { Account = account, Campaign = campaign })).Campaign.CampaignId;
        await client.SendCampaignAsync(new() { Account = account, CampaignId = id });
        State state;
        do
        {
            await Task.Delay(50);
            state = (await client.GetCampaignAsync(new() { Account = account, CampaignId = id })).Campaign.State;
        }
        while (state is not (State.Sent or State.Failed));

        if (state == State.Failed)
        {
            throw new InvalidOperationException("The campaign failed.");
        }
    }

    private static Task SendBareAsync(int port, int count) => Task.WhenAll(Enumerable.Range(0, Connections).Select(async lane =>
    {
        using var client = new SmtpClient();
        await client.ConnectAsync("127.0.0.1", port, MailKit.Security.SecureSocketOptions.None);
        for (var i = lane; i < count; i += Connections)
        {
            using var message = new MimeMessage { Subject = "Hello Ann", Body = new TextPart("plain") { Text = Text } };
            message.From.Add(new MailboxAddress("", "news@acme.example"));
            message.To.Add(new MailboxAddress("", $"{i}@x.example"));
            await client.SendAsync(message);
        }

        await client.DisconnectAsync(quit: true);
    }));

    private static async Task RecordAsync(TestApps apps, string account, int contacts, BenchmarkOptions options, Report report)
    {
        var client = new ActivityService.ActivityServiceClient(apps.Channel(Service.Campaigns));
        var random = new Random(options.Seed);
        var count = ActivityBatch(random, account, contacts).Activities.Count;
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        for (var round = 0; round < options.Rounds; round++)
        {
            await client.RecordActivitiesAsync(ActivityBatch(random, account, contacts));
        }

        var rate = Rate(count * options.Rounds, System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        report.AtLeast("record activities in batches of 10,000", rate, "goal", 20_000, "events/s", 1);
    }

    private static RecordActivitiesRequest ActivityBatch(Random random, string account, int contacts) => new()
    {
        Account = account,
        Activities =
        {
            Enumerable.Range(0, 10_000).Select(_ => new Activity
            {
                ContactId = random.Next(1, contacts + 1),
                Kind = Activity.Types.Kind.Opened,
            }),
        },
    };
}
