using MimeKit;
using TagSegments.Campaigns.Delivery;
using TagSegments.Campaigns.Delivery.FastPath;

namespace TagSegments.Campaigns.Tests.Delivery;

public sealed class MailComposerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Headers_arrive_as_they_were_written_in_any_language(bool isFast)
    {
        var message = new OutgoingMessage(
            "id", "ann@x.example", "news@acme.example", "Müller, \"Ä\" & Co", "answers@acme.example", "Grüße, 你好", "Hello", "", "https://acme.example/u/x");

        using var mail = MailComposer.Compose(message, "", new MailParts(isFast));

        using var wire = new MemoryStream();
        await mail.Message.WriteToAsync(wire);
        Assert.Equal(-1, wire.ToArray().AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)127));
        wire.Position = 0;
        using var read = await MimeMessage.LoadAsync(wire);
        Assert.Equal(
            ("Müller, \"Ä\" & Co", "news@acme.example"), (read.From.Mailboxes.Single().Name, read.From.Mailboxes.Single().Address));
        Assert.Equal(("ann@x.example", "answers@acme.example"), (read.To.Mailboxes.Single().Address, read.ReplyTo.Mailboxes.Single().Address));
        Assert.Equal(("Grüße, 你好", "id@acme.example"), (read.Subject, read.MessageId));
        Assert.Equal("<https://acme.example/u/x>", read.Headers[HeaderId.ListUnsubscribe]);
        Assert.NotEqual(default, read.Date);
    }
}
