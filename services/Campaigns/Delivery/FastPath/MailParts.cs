using MimeKit;
using MimeKit.Text;
using MimeKit.Utils;

namespace TagSegments.Campaigns.Delivery.FastPath;

/// <summary>
/// Makes the parts of mails. Plain ASCII is written as it is if <paramref name="isFast"/>; the mail library makes everything else. All messages
/// of a campaign have one sender, and many leave within one second, so both headers are kept from message to message.
/// </summary>
internal sealed class MailParts(bool isFast)
{
    private (string Name, string Address, MailSender Sender)? _sender;
    private (long Second, string Text) _date;

    /// <summary>Makes the sender of a message and its header.</summary>
    public MailSender Sender(string name, string address)
    {
        if (!isFast || _sender is not { } last || last.Name != name || last.Address != address)
        {
            var mailbox = Mailbox(name, address);
            var header = name.Length > 0 ? new Header(HeaderId.From, mailbox.ToString()) : Address(HeaderId.From, mailbox);
            _sender = last = (name, address, new MailSender(mailbox, header));
        }

        // A header belongs to one message.
        return last.Sender with { Header = last.Sender.Header.Clone() };
    }

    /// <summary>Makes the header of the current time.</summary>
    public Header Date()
    {
        var now = DateTimeOffset.Now;
        var second = now.ToUnixTimeSeconds();
        if (!isFast || _date.Second != second)
        {
            _date = (second, DateUtils.FormatDate(now));
        }

        return Text(HeaderId.Date, _date.Text);
    }

    /// <summary>Makes a header of a text.</summary>
    public Header Text(HeaderId id, string value) => isFast ? PlainHeader.Text(id, value) : new Header(id, value);

    /// <summary>Makes a header of an address without a name, which has been checked.</summary>
    public Header Address(HeaderId id, MailboxAddress mailbox) =>
        isFast || !System.Text.Ascii.IsValid(mailbox.Address) ? PlainHeader.Address(id, mailbox) : new Header(id, mailbox.ToString());

    /// <summary>Makes the header of a message's id.</summary>
    public Header MessageId(string id) => isFast ? PlainHeader.MessageId(id) : new Header(HeaderId.MessageId, $"<{id}>");

    /// <summary>Makes a header of one web address.</summary>
    public Header Url(HeaderId id, string url) => isFast ? PlainHeader.Url(id, url) : new Header(id, $"<{url}>");

    /// <summary>Makes a part of a message, or its whole body, which ends with a line break.</summary>
    public MimeEntity Body(TextFormat format, string text, bool isWhole) =>
        isFast ? PlainText.Create(format, text, isWhole) : new TextPart(format) { Text = text };

    /// <summary>Makes a mailbox; throws <see cref="ParseException"/> for an address to which no mail can go.</summary>
    public static MailboxAddress Mailbox(string name, string address) =>
        new(name, EmailAddress.ToMailbox(address) ?? throw new ParseException($"\"{address}\" is not an e-mail address.", 0, 0));
}

/// <summary>The sender of a mail, and the header that names it.</summary>
internal sealed record MailSender(MailboxAddress Mailbox, Header Header);
