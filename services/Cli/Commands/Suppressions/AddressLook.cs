using Crm.Common.V1;
using TagSegments.Csv;

namespace TagSegments.Cli.Commands.Suppressions;

/// <summary>What addresses of a channel look like, to find them in a file; the service checks them.</summary>
internal sealed class AddressLook(Channel channel)
{
    private const int LeastDigits = 5;

    /// <summary>Returns true for what looks like an address.</summary>
    public bool IsAddress(string text) => channel == Channel.Sms ? IsPhone(text) : WrittenAddress.Of(text) is var address && IsWord(address) && address.Contains('@', StringComparison.Ordinal);

    /// <summary>Returns true for what looks like an address or a domain of addresses.</summary>
    public bool IsLikely(string text) => IsAddress(text) || channel != Channel.Sms && IsDomain(text);

    private static bool IsPhone(string text) =>
        text.Count(char.IsAsciiDigit) >= LeastDigits && text.All(c => char.IsAsciiDigit(c) || c is '+' or '-' or '(' or ')' or '.' or '/' or ' ');

    // No number, date or address of the Internet protocol: the last label begins with a letter.
    private static bool IsDomain(string text) =>
        IsWord(text) && text.LastIndexOf('.') is > 0 and var dot && dot + 1 < text.Length && char.IsLetter(text[dot + 1]) && !text.Contains('/', StringComparison.Ordinal);

    private static bool IsWord(string text) => text.Length > 0 && !text.Any(char.IsWhiteSpace);
}
