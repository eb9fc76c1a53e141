using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TagSegments.ServiceDefaults.Auth.Keys;

/// <summary>
/// An API key as its holder has it: <c>tsk_ACCOUNT_NUMBER_SECRET</c>. The secret is 64 hexadecimal digits at random and 8 that are the first
/// of the SHA-256 of all before them, so that a scanner knows a key that leaked, and a key that was typed wrong costs no look-up.
/// </summary>
public sealed record ApiKeyText(string Account, int KeyId, string Text)
{
    /// <summary>How every key begins.</summary>
    public const string Prefix = "tsk_";

    private const int SecretDigits = 64;
    private const int CheckDigits = 8;

    /// <summary>What services store and compare: the SHA-256 of the text. A secret of 256 random bits needs no slow hash.</summary>
    public byte[] Hash => SHA256.HashData(Encoding.ASCII.GetBytes(Text));

    /// <summary>Makes the text of a new key.</summary>
    public static ApiKeyText Create(string account, int keyId)
    {
        var text = $"{Prefix}{account}_{keyId.ToString(CultureInfo.InvariantCulture)}_{RandomNumberGenerator.GetHexString(SecretDigits, lowercase: true)}";
        return new(account, keyId, text + CheckOf(text));
    }

    /// <summary>Reads a key; null if the text is none.</summary>
    public static ApiKeyText? TryRead(string text)
    {
        // An account's name can have underscores, so the parts are found from the end.
        var secret = text.LastIndexOf('_') + 1;
        var number = secret < 2 ? 0 : text.LastIndexOf('_', secret - 2) + 1;
        if (number <= Prefix.Length
            || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || text.Length - secret != SecretDigits + CheckDigits
            || !Ascii.IsValid(text)
            || !int.TryParse(text.AsSpan(number, secret - 1 - number), NumberStyles.None, CultureInfo.InvariantCulture, out var keyId))
        {
            return null;
        }

        return CheckOf(text[..^CheckDigits]) == text[^CheckDigits..]
            ? new(text[Prefix.Length..(number - 1)], keyId, text)
            : null;
    }

    private static string CheckOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)))[..CheckDigits];
}
