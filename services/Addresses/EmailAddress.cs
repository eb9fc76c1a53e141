using System.Buffers;
using System.Globalization;
using System.Text;

namespace TagSegments.Addresses;

/// <summary>E-mail addresses. They are checked here, before any library sees them.</summary>
public static class EmailAddress
{
    // In bytes of UTF-8, as they are sent (RFC 5321 and 6531).
    private const int MaxLocalPart = 64;
    private const int MaxMailbox = 254;

    // Normalization takes time with the square of a run of combining marks, and composes at most four characters into one.
    private const int Longest = 4 * MaxMailbox;
    private static readonly SearchValues<char> s_asciiLocal =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~.");

    /// <summary>
    /// Gets the form in which addresses are compared: the local part composed (NFC) and case folded, the domain in ASCII and lower case.
    /// </summary>
    public static string Key(string address)
    {
        var text = address.Trim();
        var at = text.LastIndexOf('@');
        return at < 0 || text.Length > Longest ? Fold(text) : $"{Fold(text[..at])}@{DomainName.ToAscii(text[(at + 1)..]) ?? Fold(text[(at + 1)..])}";
    }

    /// <summary>
    /// Gets the address as it is sent: the local part as it was written, and composed, the domain in ASCII; null if it is not valid. Quoted local
    /// parts and comments are refused: hardly anybody has them, and they have carried command injections.
    /// </summary>
    public static string? ToMailbox(string address)
    {
        var text = address.Trim();
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at < 1 || text.Length > Longest || !IsLocalPart(text[..at]) || DomainName.ToAscii(text[(at + 1)..]) is not { } domain)
        {
            return null;
        }

        var mailbox = $"{text[..at].Normalize()}@{domain}";
        return Encoding.UTF8.GetByteCount(mailbox) <= MaxMailbox ? mailbox : null;
    }

    /// <summary>Gets the domain of an address in ASCII and lower case; null if the address is not valid.</summary>
    public static string? DomainOf(string address) => ToMailbox(address) is { } mailbox ? mailbox[(mailbox.LastIndexOf('@') + 1)..] : null;

    // Simple case folding: both cases of a letter become one, also where there are two small ones, such as the sigma at the end of a word.
    private static string Fold(string text) => Ascii.IsValid(text) || text.Length > Longest
        ? text.ToLowerInvariant()
        : Compose(Compose(text).ToUpperInvariant().ToLowerInvariant());

    // Half of a surrogate pair cannot be composed, and is no character of an address.
    private static string Compose(string text) => HasLoneSurrogate(text) ? text : text.Normalize();

    // Most addresses are plain, and this is read for every message.
    private static bool IsLocalPart(string local) =>
        (Ascii.IsValid(local)
            ? local.Length <= MaxLocalPart && !local.AsSpan().ContainsAnyExcept(s_asciiLocal)
            : !HasLoneSurrogate(local) && Encoding.UTF8.GetByteCount(local) <= MaxLocalPart && local.EnumerateRunes().All(IsLocal))
        && local[0] != '.' && local[^1] != '.' && !local.Contains("..", StringComparison.Ordinal);

    private static bool IsLocal(Rune rune) => rune.IsAscii
        ? s_asciiLocal.Contains((char)rune.Value)
        : Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static bool HasLoneSurrogate(string text) => !Ascii.IsValid(text) && text.EnumerateRunes().Contains(Rune.ReplacementChar);
}
