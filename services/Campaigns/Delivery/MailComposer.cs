using System.Text.Json;
using MimeKit;
using MimeKit.Text;
using MimeKit.Utils;
using TagSegments.Campaigns.Content;
using TagSegments.Campaigns.Delivery.FastPath;
using TagSegments.Campaigns.Suppressions;

namespace TagSegments.Campaigns.Delivery;

/// <summary>Composes the e-mail of a message: headers, and a text and an HTML part.</summary>
internal static class MailComposer
{
    private static volatile Sender? s_lastSender;
    private static volatile Second? s_lastSecond;

    public static Mail Compose(OutgoingMessage message, string provider)
    {
        var (from, to) = (SenderOf(message), Mailbox("", message.Address));
        var messageId = $"{message.MessageId}@{from.Mailbox.Domain}";
        // Made at once from its headers: set one by one they are encoded, parsed and encoded again.
        var headers = Headers(message, from, to, messageId).Concat(Metadata(messageId, provider));
        return new Mail(new MimeMessage(headers) { Body = Body(message) }, from.Mailbox, to);
    }

    private static IEnumerable<Header> Headers(OutgoingMessage message, Sender from, MailboxAddress to, string messageId)
    {
        yield return from.Header.Clone();
        yield return PlainHeader.Text(HeaderId.Date, Date());
        yield return PlainHeader.Text(HeaderId.Subject, message.Subject);
        yield return PlainHeader.MessageId(messageId);
        yield return PlainHeader.Address(HeaderId.To, to);
        if (message.ReplyTo.Length > 0)
        {
            yield return PlainHeader.Address(HeaderId.ReplyTo, Mailbox("", message.ReplyTo));
        }

        if (message.UnsubscribeUrl.Length > 0)
        {
            // RFC 8058: mail programs show a button that posts to this address.
            yield return PlainHeader.Url(HeaderId.ListUnsubscribe, message.UnsubscribeUrl);
            yield return PlainHeader.Text(HeaderId.ListUnsubscribePost, "List-Unsubscribe=One-Click");
        }
    }

    // All messages of a campaign have one sender.
    private static Sender SenderOf(OutgoingMessage message)
    {
        if (s_lastSender is { } last && last.Name == message.FromName && last.Address == message.FromAddress)
        {
            return last;
        }

        var mailbox = Mailbox(message.FromName, message.FromAddress);
        var header = message.FromName.Length > 0 ? new Header(HeaderId.From, mailbox.ToString()) : PlainHeader.Address(HeaderId.From, mailbox);
        return s_lastSender = new Sender(message.FromName, message.FromAddress, mailbox, header);
    }

    private static string Date()
    {
        var now = DateTimeOffset.Now;
        var second = now.ToUnixTimeSeconds();
        return (s_lastSecond is { } last && last.Number == second ? last : s_lastSecond = new Second(second, DateUtils.FormatDate(now))).Date;
    }

    private static IEnumerable<Header> Metadata(string messageId, string provider) => provider switch
    {
        "postmark" => [new Header("X-PM-Metadata-tagsegments", messageId)],
        "sparkpost" => [new Header("X-MSYS-API", JsonSerializer.Serialize(new { metadata = new { tagsegments = messageId } }))],
        _ => [],
    };

    private static MailboxAddress Mailbox(string name, string address) =>
        new(name, Address.ToMailbox(address) ?? throw new ParseException($"\"{address}\" is not an e-mail address.", 0, 0));

    private static MimeEntity Body(OutgoingMessage message) => (message.Text, message.Html) switch
    {
        (_, "") => PlainText.Create(TextFormat.Plain, message.Text, isBody: true),
        ("", _) => PlainText.Create(TextFormat.Html, message.Html, isBody: true),
        _ => new MultipartAlternative
        {
            PlainText.Create(TextFormat.Plain, message.Text, isBody: false),
            PlainText.Create(TextFormat.Html, message.Html, isBody: false),
        },
    };

    private sealed record Sender(string Name, string Address, MailboxAddress Mailbox, Header Header);

    private sealed record Second(long Number, string Date);
}

/// <summary>A composed e-mail and the two ends of its way.</summary>
internal sealed record Mail(MimeMessage Message, MailboxAddress From, MailboxAddress To) : IDisposable
{
    public void Dispose() => Message.Dispose();
}
