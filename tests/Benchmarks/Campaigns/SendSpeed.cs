using MailKit.Net.Smtp;
using MimeKit;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Benchmarks.Campaigns;

/// <summary>Sending a campaign, with everything that the ledger promises, against a bare loop over the mail library.</summary>
internal static class SendSpeed
{
    private const int MaxRecipients = 30_000;

    public static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        var recipients = Math.Min(options.Contacts, MaxRecipients);
        await using var fixture = await CampaignFixture.StartAsync(recipients);
        var times = await Interleaved.MedianAsync(
            options.Rounds, async () => await fixture.WaitAsync(await fixture.SendAsync(), State.Sent), () => SendBareAsync(fixture.Mail.Port, recipients));
        report.AtLeast("send a campaign", Rate(recipients, times[0]), "bare MailKit loop", Rate(recipients, times[1]), "messages/s", 0.6);
    }

    private static double Rate(int count, double milliseconds) => count * 1_000 / milliseconds;

    private static Task SendBareAsync(int port, int count) => Task.WhenAll(Enumerable.Range(0, CampaignFixture.Connections).Select(async lane =>
    {
        using var client = new SmtpClient();
        await client.ConnectAsync("127.0.0.1", port, MailKit.Security.SecureSocketOptions.None);
        for (var i = lane; i < count; i += CampaignFixture.Connections)
        {
            using var message = new MimeMessage { Subject = "Hello Ann", Body = new TextPart("plain") { Text = CampaignFixture.Text } };
            message.From.Add(new MailboxAddress("", "news@acme.example"));
            message.To.Add(new MailboxAddress("", $"{i}@x.example"));
            await client.SendAsync(message);
        }

        await client.DisconnectAsync(quit: true);
    }));
}
