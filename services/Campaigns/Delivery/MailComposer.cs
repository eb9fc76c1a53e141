using System.Text.Json;
using MimeKit;
using MimeKit.Text;
using TagSegments.Campaigns.Content;
using TagSegments.Campaigns.Suppressions;

namespace TagSegments.Campaigns.Delivery;

/// <summary>Composes the e-mail of a message: headers, and a text and an HTML part.</summary>
internal static class MailComposer
{
    public static MimeMessage Compose(OutgoingMessage message, string provider)
    {
        var from = Mailbox(message.FromName, message.FromAddress);
        var mail = new MimeMessage { Subject = message.Subject, Body = Body(message) };
        mail.From.Add(from);
        mail.To.Add(Mailbox("", message.Address));
        if (message.ReplyTo.Length > 0)
        {
            mail.ReplyTo.Add(Mailbox("", message.ReplyTo));
        }

        var messageId = $"{message.MessageId}@{from.Domain}";
        mail.MessageId = messageId;
        AddMetadata(mail, messageId, provider);
        if (message.UnsubscribeUrl.Length > 0)
        {
            // RFC 8058: mail programs show a button that posts to this address.
            mail.Headers.Add(HeaderId.ListUnsubscribe, $"<{message.UnsubscribeUrl}>");
            mail.Headers.Add(HeaderId.ListUnsubscribePost, "List-Unsubscribe=One-Click");
        }

        return mail;
    }

    private static void AddMetadata(MimeMessage mail, string messageId, string provider)
    {
        switch (provider)
        {
            case "postmark":
                mail.Headers.Add("X-PM-Metadata-tagsegments", messageId);
                break;
            case "sparkpost":
                mail.Headers.Add("X-MSYS-API", JsonSerializer.Serialize(new { metadata = new { tagsegments = messageId } }));
                break;
        }
    }

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
