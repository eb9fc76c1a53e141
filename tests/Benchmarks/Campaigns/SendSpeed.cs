using System.Diagnostics;
using MailKit.Net.Smtp;
using MimeKit;
using TagSegments.Embedded.Smtp;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Benchmarks.Campaigns;

/// <summary>
/// Sending a campaign, with everything that the ledger promises, against a bare loop over the mail library. Both hand the same messages to the same
/// server, over as many connections and with the same capabilities; the loop composes them like any program that uses the library.
/// </summary>
internal static class SendSpeed
{
    private const int MaxRecipients = 60_000;

    public static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        var recipients = Math.Min(options.Contacts, MaxRecipients);
        await using var fixture = await CampaignFixture.StartAsync(recipients);
        var delivering = new List<double>();
        var times = await Interleaved.MedianAsync(
            options.Rounds, async () => delivering.Add(await SendAsync(fixture)), () => SendBareAsync(fixture.Mail, recipients));
        var bare = Rate(recipients, times[1]);
        report.AtLeast("send a campaign", Rate(recipients, times[0]), "bare MailKit loop", bare, "messages/s", 0.6);
        report.Compare("send it, once it is frozen", Rate(recipients, Interleaved.Median(delivering[1..])), "bare MailKit loop", bare, "messages/s");
        // The loop had the last turn.
        var sent = fixture.Mail.Messages;
        report.Compare("size of a message", sent[^(recipients + 1)].Data.Length, "bare MailKit loop", sent[^1].Data.Length, "bytes");
    }

    // Returns the milliseconds from the moment at which the audience was frozen.
    private static async Task<double> SendAsync(CampaignFixture fixture)
    {
        var campaign = await fixture.SendAsync();
        await fixture.WaitAsync(campaign, State.Sending);
        var started = Stopwatch.GetTimestamp();
        await fixture.WaitAsync(campaign, State.Sent);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static double Rate(int count, double milliseconds) => count * 1_000 / milliseconds;

    // The last message of the campaign serves as the example: the server does not keep enough messages for the first one.
    private static async Task SendBareAsync(SmtpSink mail, int count)
    {
        using var example = await MimeMessage.LoadAsync(new MemoryStream(mail.Messages[^1].Data.ToArray()));
        await Task.WhenAll(Enumerable.Range(0, CampaignFixture.Connections).Select(lane => SendBareAsync(mail.Port, example, lane, count)));
    }

    private static async Task SendBareAsync(int port, MimeMessage example, int lane, int count)
    {
        using var client = new SmtpClient();
        await client.ConnectAsync("127.0.0.1", port, MailKit.Security.SecureSocketOptions.None);
        for (var i = lane; i < count; i += CampaignFixture.Connections)
        {
            using var message = new MimeMessage { Subject = example.Subject!, Body = new TextPart("plain") { Text = example.TextBody! } };
            message.From.Add(new MailboxAddress("", CampaignFixture.Sender));
            message.To.Add(new MailboxAddress("", $"contact{i}@x.example"));
            message.MessageId = example.MessageId!;
            message.Headers.Add(HeaderId.ListUnsubscribe, example.Headers[HeaderId.ListUnsubscribe]!);
            message.Headers.Add(HeaderId.ListUnsubscribePost, example.Headers[HeaderId.ListUnsubscribePost]!);
            await client.SendAsync(message);
        }

        await client.DisconnectAsync(quit: true);
    }
}
