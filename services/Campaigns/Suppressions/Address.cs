using System.Globalization;
using Crm.Common.V1;

namespace TagSegments.Campaigns.Suppressions;

/// <summary>Addresses to which messages go. They are checked here, before any library sees them.</summary>
internal static class Address
{
    private const string LocalSymbols = "!#$%&'*+-/=?^_`{|}~.";
    private const int MaxDomain = 253;
    private const int MaxPhone = 100;
    private static readonly IdnMapping s_idn = new() { UseStd3AsciiRules = true };

    /// <summary>Not set reads as e-mail.</summary>
    public static Channel OrEmail(this Channel channel) => channel == Channel.Unspecified ? Channel.Email : channel;

    /// <summary>The form under which an address is suppressed and compared: equal for addresses that reach the same person.</summary>
    public static string Key(Channel channel, string address) =>
        channel == Channel.Sms ? PhoneKey(address) : address.Trim().ToLowerInvariant();

    /// <summary>Whether a message can be sent to an address at all.</summary>
    public static bool IsValid(Channel channel, string address) =>
        channel == Channel.Sms ? IsPhone(address) : ToMailbox(address) is not null;

    /// <summary>
    /// Gets the address as it is sent, with an ASCII domain; null if it is not valid. Quoted local parts, comments and non-ASCII local parts are
    /// refused: hardly anybody has them, and they have carried command injections.
    /// </summary>
    public static string? ToMailbox(string address)
    {
        var text = address.Trim();
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at is < 1 or > 64 || !IsLocalPart(text.AsSpan(0, at)) || ToDomain(text[(at + 1)..]) is not { } domain)
        {
            return null;
        }

        var mailbox = $"{text[..at]}@{domain}";
        return mailbox.Length <= 254 ? mailbox : null;
    }

    /// <summary>Gets the domain of an e-mail address in ASCII and lower case; null if the address is not valid.</summary>
    public static string? DomainOf(string address) => ToMailbox(address)?.Split('@')[1];

    /// <summary>Gets a domain in ASCII and lower case; null if it is not valid.</summary>
    public static string? ToDomain(string domain)
    {
        // The mapping normalizes, which takes time with the square of a run of combining marks. It composes at most four characters into one.
        if (domain.Length > 4 * MaxDomain)
        {
            return null;
        }

        try
        {
            // Most domains are plain, and this is read for every message.
            var isPlain = System.Text.Ascii.IsValid(domain) && !domain.Contains("xn--", StringComparison.OrdinalIgnoreCase);
            var ascii = (isPlain ? domain : s_idn.GetAscii(domain)).ToLowerInvariant();
            return ascii.Length <= MaxDomain && ascii.Split('.').All(IsLabel) ? ascii : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static bool IsLocalPart(ReadOnlySpan<char> local)
    {
        foreach (var c in local)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !LocalSymbols.Contains(c, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return local[0] != '.' && local[^1] != '.' && !local.Contains("..", StringComparison.Ordinal);
    }

    private static bool IsLabel(string label) =>
        label is { Length: >= 1 and <= 63 } && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && label[0] != '-' && label[^1] != '-';

    private static string PhoneKey(string phone)
    {
        var digits = string.Concat(phone.Where(char.IsAsciiDigit));
        return phone.AsSpan().TrimStart().StartsWith("+", StringComparison.Ordinal) ? $"+{digits}" : digits;
    }

    private static bool IsPhone(string phone) =>
        phone.Length <= MaxPhone && PhoneKey(phone).TrimStart('+').Length is >= 5 and <= 15 && phone.All(c => char.IsAsciiDigit(c) || " +-/().".Contains(c, StringComparison.Ordinal));
}
