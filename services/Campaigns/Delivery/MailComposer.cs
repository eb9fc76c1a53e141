using System.Text.Json;
using MimeKit;
using MimeKit.Text;
using MimeKit.Utils;
using TagSegments.Campaigns.Content;
using TagSegments.Campaigns.Suppressions;

namespace TagSegments.Campaigns.Delivery;

/// <summary>Composes the e-mail of a message: headers, and a text and an HTML part.</summary>
internal static class MailComposer
{
    public static Mail Compose(OutgoingMessage message, string provider)
    {
        var (from, to) = (Mailbox(message.FromName, message.FromAddress), Mailbox("", message.Address));
        var messageId = $"{message.MessageId}@{from.Domain}";
        // Made at once from its headers: set one by one they are encoded, parsed and encoded again.
        return new Mail(new MimeMessage(Headers(message, from, to, messageId).Concat(Metadata(messageId, provider))) { Body = Body(message) }, from, to);
    }

    private static IEnumerable<Header> Headers(OutgoingMessage message, MailboxAddress from, MailboxAddress to, string messageId)
    {
        yield return new Header(HeaderId.From, from.ToString());
        yield return new Header(HeaderId.Date, DateUtils.FormatDate(DateTimeOffset.Now));
        yield return new Header(HeaderId.Subject, message.Subject);
        yield return new Header(HeaderId.MessageId, $"<{messageId}>");
        yield return new Header(HeaderId.To, to.ToString());
        if (message.ReplyTo.Length > 0)
        {
            yield return new Header(HeaderId.ReplyTo, Mailbox("", message.ReplyTo).ToString());
        }

        if (message.UnsubscribeUrl.Length > 0)
        {
            // RFC 8058: mail programs show a button that posts to this address.
            yield return new Header(HeaderId.ListUnsubscribe, $"<{message.UnsubscribeUrl}>");
            yield return new Header(HeaderId.ListUnsubscribePost, "List-Unsubscribe=One-Click");
        }
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
        (_, "") => new TextPart(TextFormat.Plain) { Text = message.Text },
        ("", _) => new TextPart(TextFormat.Html) { Text = message.Html },
        _ => new MultipartAlternative
        {
            new TextPart(TextFormat.Plain) { Text = message.Text },
            new TextPart(TextFormat.Html) { Text = message.Html },
        },
    };
}

/// <summary>A composed e-mail and the two ends of its way.</summary>
internal sealed record Mail(MimeMessage Message, MailboxAddress From, MailboxAddress To) : IDisposable
{
    public void Dispose() => Message.Dispose();
}
