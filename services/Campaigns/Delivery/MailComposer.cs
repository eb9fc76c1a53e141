using System.Text.Json;
using MimeKit;
using MimeKit.Text;
using TagSegments.Campaigns.Delivery.FastPath;

namespace TagSegments.Campaigns.Delivery;

/// <summary>Composes the e-mail of a message: headers, and a text and an HTML part.</summary>
internal static class MailComposer
{
    // The library has one for the whole process.
    static MailComposer() => MailboxAddress.IdnMapping = new AsciiDomains();

    public static Mail Compose(OutgoingMessage message, string provider, MailParts parts)
    {
        var (from, to) = (parts.Sender(message.FromName, message.FromAddress), MailParts.Mailbox("", message.Address));
        var messageId = $"{message.MessageId}@{from.Mailbox.Domain}";
        // Made at once from all headers: headers set one by one are encoded, parsed and encoded again.
        var headers = Headers(message, from, to, messageId, parts).Concat(Metadata(messageId, provider));
        return new Mail(new MimeMessage(headers) { Body = Body(message, parts) }, from.Mailbox, to);
    }

    private static IEnumerable<Header> Headers(
        OutgoingMessage message, MailSender from, MailboxAddress to, string messageId, MailParts parts)
    {
        yield return from.Header;
        yield return parts.Date();
        yield return parts.Text(HeaderId.Subject, message.Subject);
        yield return parts.MessageId(messageId);
        yield return parts.Address(HeaderId.To, to);
        if (message.ReplyTo.Length > 0)
        {
            yield return parts.Address(HeaderId.ReplyTo, MailParts.Mailbox("", message.ReplyTo));
        }

        if (message.UnsubscribeUrl.Length > 0)
        {
            // RFC 8058: mail programs show a button that posts to this address.
            yield return parts.Url(HeaderId.ListUnsubscribe, message.UnsubscribeUrl);
            yield return parts.Text(HeaderId.ListUnsubscribePost, "List-Unsubscribe=One-Click");
        }
    }

    private static IEnumerable<Header> Metadata(string messageId, string provider) => provider switch
    {
        "postmark" => [new Header("X-PM-Metadata-tagsegments", messageId)],
        "sparkpost" => [new Header("X-MSYS-API", JsonSerializer.Serialize(new { metadata = new { tagsegments = messageId } }))],
        _ => [],
    };

    private static MimeEntity Body(OutgoingMessage message, MailParts parts) => (message.Text, message.Html) switch
    {
        (_, "") => parts.Body(TextFormat.Plain, message.Text, isWhole: true),
        ("", _) => parts.Body(TextFormat.Html, message.Html, isWhole: true),
        _ => new MultipartAlternative
        {
            parts.Body(TextFormat.Plain, message.Text, isWhole: false),
            parts.Body(TextFormat.Html, message.Html, isWhole: false),
        },
    };
}

/// <summary>A composed e-mail with its sender and recipient.</summary>
internal sealed record Mail(MimeMessage Message, MailboxAddress From, MailboxAddress To) : IDisposable
{
    public void Dispose() => Message.Dispose();
}
