using System.Text;
using MimeKit;

namespace TagSegments.Campaigns.Delivery.FastPath;

/// <summary>A header that goes over the wire as it is written, so that the mail library need not parse, encode and fold it.</summary>
internal sealed class PlainHeader : Header
{
    private const int MaxLine = 77;

    private PlainHeader(HeaderId id, string value, string before = " ")
        : base(ParserOptions.Default, id, id.ToHeaderName(), Encoding.UTF8.GetBytes($"{before}{value}\r\n"))
    {
    }

    /// <summary>Makes a header of a text. A text that needs encoding or folding is left to the library.</summary>
    public static Header Text(HeaderId id, string value) => IsPlain(value) && Fits(id, value) ? new PlainHeader(id, value) : new Header(id, value);

    /// <summary>Makes a header of an address without a name, which has been checked. One that is not ASCII stands as it is, in UTF-8 (RFC 6532).</summary>
    public static Header Address(HeaderId id, MailboxAddress mailbox) =>
        Fits(id, mailbox.Address) || !Ascii.IsValid(mailbox.Address) ? new PlainHeader(id, mailbox.Address) : new Header(id, mailbox.ToString());

    /// <summary>Makes the header of a message's id, which is never folded.</summary>
    public static Header MessageId(string id) => new PlainHeader(HeaderId.MessageId, $"<{id}>");

    /// <summary>Makes a header of one web address, which has a line of its own if it is long.</summary>
    public static Header Url(HeaderId id, string url) => new PlainHeader(id, $"<{url}>", Fits(id, $"<{url}>") ? " " : "\r\n ");

    private static bool Fits(HeaderId id, string value) => id.ToHeaderName().Length + 2 + value.Length <= MaxLine;

    // Nothing to encode, and no space that could get lost.
    private static bool IsPlain(string value) =>
        value.Length > 0 && value[0] != ' ' && value[^1] != ' ' && !value.AsSpan().ContainsAnyExceptInRange(' ', '~')
        && !value.Contains("  ", StringComparison.Ordinal) && !value.Contains("=?", StringComparison.Ordinal);
}
