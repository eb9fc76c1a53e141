using System.Net.Sockets;
using System.Text;
using CsCheck;
using MailKit.Net.Smtp;
using MimeKit;
using TagSegments.Embedded.Smtp;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Infrastructure;

public sealed class SmtpSinkTests
{
    [Fact]
    public async Task A_mail_client_delivers_a_message_with_all_its_lines()
    {
        await using var sink = SmtpSink.Start();

        await SendAsync(sink, "ann@example.com", "one\r\n.two\r\n..three\r\n.\r\nfour");

        var message = Assert.Single(sink.Messages);
        Assert.Equal("sender@example.com", message.Sender);
        Assert.Equal(["ann@example.com"], message.Recipients);
        Assert.Equal("Hello", message.Header("subject"));
        Assert.EndsWith("\r\n\r\none\r\n.two\r\n..three\r\n.\r\nfour\r\n", message.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_body_cut_anywhere_arrives_as_it_was()
    {
        await using var sink = SmtpSink.Start();
        using var client = await RawClient.ConnectAsync(sink.Port);
        string[] kinds = ["", ".", "..", ".a", "a", "a.", "\r", "long " + new string('x', 200)];
        var lines = Gen.Int[0, kinds.Length - 1].Select(kind => kinds[kind]).Array[0, 12];

        await Gen.Select(lines, Gen.Int[1, 40]).SampleAsync(
            async (body, cut) =>
            {
                var text = string.Concat(body.Select(line => line + "\r\n"));
                var stuffed = string.Concat(body.Select(line => (line is ['.', ..] ? "." : "") + line + "\r\n"));
                var wire = $"MAIL FROM:<>\r\nRCPT TO:<a@b.c>\r\nDATA\r\n{stuffed}.\r\nNOOP\r\n";

                foreach (var part in wire.Chunk(cut))
                {
                    await client.WriteAsync(new string(part));
                }

                Assert.Equal(["250", "250", "354", "250", "250"], await client.ReadCodesAsync(5));
                Assert.Equal(text, sink.Messages[^1].Text);
            },
            iter: 60,
            threads: 1);
    }

    [Fact]
    public async Task Pipelined_commands_are_answered_in_order()
    {
        await using var sink = SmtpSink.Start(new SmtpSinkOptions { MaxRecipients = 1 });
        using var client = await RawClient.ConnectAsync(sink.Port);

        await client.WriteAsync("DATA\r\nRCPT TO:<a@b.c>\r\nMAIL FROM:<x@y.z>\r\nMAIL FROM:<x@y.z>\r\nRCPT TO:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nHELP\r\nQUIT\r\n");

        Assert.Equal(["503", "503", "250", "503", "250", "452", "500", "221"], await client.ReadCodesAsync(8));
    }

    [Fact]
    public async Task A_message_over_the_limit_is_refused_and_the_next_one_taken()
    {
        await using var sink = SmtpSink.Start(new SmtpSinkOptions { MaxMessageBytes = 1_000 });
        using var client = await RawClient.ConnectAsync(sink.Port);
        var large = string.Concat(Enumerable.Repeat(new string('x', 98) + "\r\n", 2_000));

        await client.WriteAsync($"MAIL FROM:<a@b.c>\r\nRCPT TO:<a@b.c>\r\nDATA\r\n{large}.\r\nMAIL FROM:<a@b.c> SIZE=1001\r\n");
        await client.WriteAsync("MAIL FROM:<a@b.c>\r\nRCPT TO:<a@b.c>\r\nDATA\r\nshort\r\n.\r\n");

        Assert.Equal(["250", "250", "354", "552", "552", "250", "250", "354", "250"], await client.ReadCodesAsync(9));
        Assert.Equal("short\r\n", Assert.Single(sink.Messages).Text);
    }

    [Theory]
    [InlineData(SmtpStage.Connect, 0)]
    [InlineData(SmtpStage.Mail, 0)]
    [InlineData(SmtpStage.Recipient, 0)]
    [InlineData(SmtpStage.Data, 0)]
    [InlineData(SmtpStage.Body, 0)]
    [InlineData(SmtpStage.EndOfData, 0)]
    [InlineData(SmtpStage.Kept, 1)]
    public async Task A_cut_at_a_stage_leaves_the_client_without_an_answer(SmtpStage stage, int kept)
    {
        await using var sink = SmtpSink.Start(new SmtpSinkOptions
        {
            Script = step => step.Stage == stage ? SmtpReaction.Cut : SmtpReaction.Accept,
        });

        var failure = await Record.ExceptionAsync(() => SendAsync(sink, "ann@example.com", "text"));

        Assert.True(failure is IOException or SmtpProtocolException or SocketException, failure?.ToString());
        Assert.Equal(kept, sink.Accepted);
    }

    [Fact]
    public async Task One_recipient_can_be_refused_while_others_are_served()
    {
        await using var sink = SmtpSink.Start(new SmtpSinkOptions
        {
            Script = step => step is { Stage: SmtpStage.Recipient, Recipient: "bad@example.com" }
                ? SmtpReaction.Refuse(550, "No such user")
                : SmtpReaction.Accept,
        });

        var refused = await Assert.ThrowsAsync<SmtpCommandException>(() => SendAsync(sink, "bad@example.com", "text"));
        await SendAsync(sink, "good@example.com", "text");

        Assert.Equal(SmtpStatusCode.MailboxUnavailable, refused.StatusCode);
        Assert.Equal(["good@example.com"], Assert.Single(sink.Messages).Recipients);
    }

    [Fact]
    public async Task The_journal_has_every_message_before_its_acknowledgement()
    {
        var folder = Directory.CreateTempSubdirectory("tagsegments-journal-");
        var journal = Path.Combine(folder.FullName, "journal.jsonl");
        await using (var sink = SmtpSink.Start(new SmtpSinkOptions { JournalFile = journal }))
        {
            var linesSeen = 0;
            sink.Received += _ => linesSeen = File.ReadAllLines(journal).Length;

            await SendAsync(sink, "ann@example.com", "text");

            Assert.Equal(1, linesSeen);
        }

        Assert.Contains("\"to\":[\"ann@example.com\"]", await File.ReadAllTextAsync(journal), StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Many_clients_at_once_lose_nothing()
    {
        await using var sink = SmtpSink.Start();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(number => SendAsync(sink, $"user{number}@example.com", "text")));
        await sink.WaitForAsync(50, Eventually.Patience);

        Assert.Equal(50, sink.Messages.SelectMany(message => message.Recipients).Distinct().Count());
    }

    private static async Task SendAsync(SmtpSink sink, string recipient, string text)
    {
        using var client = new SmtpClient();
        await client.ConnectAsync("127.0.0.1", sink.Port, MailKit.Security.SecureSocketOptions.None);
        var message = new MimeMessage(
            [new MailboxAddress("", "sender@example.com")], [new MailboxAddress("", recipient)], "Hello", new TextPart("plain") { Text = text });
        await client.SendAsync(message);
        await client.DisconnectAsync(quit: true);
    }

    /// <summary>A client that writes given text, to send what no well-behaved client sends.</summary>
    private sealed class RawClient : IDisposable
    {
        private readonly TcpClient _tcp;
        private readonly StreamReader _reader;

        private RawClient(TcpClient tcp)
        {
            _tcp = tcp;
            _reader = new StreamReader(tcp.GetStream(), Encoding.ASCII);
        }

        public static async Task<RawClient> ConnectAsync(int port)
        {
            var tcp = new TcpClient { NoDelay = true };
            await tcp.ConnectAsync("127.0.0.1", port);
            var client = new RawClient(tcp);
            Assert.Equal(["220"], await client.ReadCodesAsync(1));
            return client;
        }

        public async Task WriteAsync(string text) => await _tcp.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text));

        public async Task<string[]> ReadCodesAsync(int count)
        {
            var codes = new string[count];
            for (var i = 0; i < count; i++)
            {
                codes[i] = (await _reader.ReadLineAsync().WaitAsync(Eventually.Patience))![..3];
            }

            return codes;
        }

        public void Dispose() => _tcp.Dispose();
    }
}
