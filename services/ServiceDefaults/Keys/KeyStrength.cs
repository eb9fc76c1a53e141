using System.Collections.Frozen;
using System.Globalization;

namespace TagSegments.ServiceDefaults.Keys;

/// <summary>
/// Refuses keys that can be guessed: who has one token that was made with a key can try any number of keys without asking us. Where only this
/// machine can reach the service, any key is accepted.
/// </summary>
internal static class KeyStrength
{
    /// <summary>How to make a key.</summary>
    public const string Advice = "Make a key with: openssl rand -base64 32";

    private const int Bytes = 32;

    // 32 random bytes have 30 different values on average; fewer than 16 do not happen.
    private const int DifferentBytes = 16;

    // 32 random hexadecimal digits have 14 different ones on average.
    private const int DifferentCharacters = 8;

    // Once stood in files that everybody can read.
    private static readonly FrozenSet<string> s_published = FrozenSet.ToFrozenSet(["for-this-machine-only", "tagsegments"]);

    /// <summary>Reads a key in base64 or hexadecimal digits and refuses it if it is weak.</summary>
    public static byte[] Decode(string text, string name, bool open)
    {
        var key = text.All(char.IsAsciiHexDigit) && text.Length % 2 == 0 ? Convert.FromHexString(text) : FromBase64(text, name);
        return open && Weakness(key) is { } problem ? throw Refusal(name, problem) : key;
    }

    /// <summary>Refuses a key whose text is the key if it is weak.</summary>
    public static void RequireText(string text, string name, bool open)
    {
        var problem = s_published.Contains(text) ? "was published as an example"
            : text.Length < Bytes ? string.Create(CultureInfo.InvariantCulture, $"is shorter than {Bytes} characters")
            : text.Distinct().Count() < DifferentCharacters ? "is not random"
            : null;
        if (open && problem is not null)
        {
            throw Refusal(name, problem);
        }
    }

    private static string? Weakness(byte[] key) =>
        key.Length < Bytes ? string.Create(CultureInfo.InvariantCulture, $"has {key.Length} bytes instead of {Bytes}")
        : key.Distinct().Count() < DifferentBytes ? "is not random"
        : key.All(value => value is >= 0x20 and < 0x7F) ? "is text instead of random bytes"
        : null;

    private static byte[] FromBase64(string text, string name)
    {
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException e)
        {
            throw new InvalidOperationException($"{Capitalised(name)} is not base64. {Advice}", e);
        }
    }

    private static InvalidOperationException Refusal(string name, string problem) => new(
        $"{Capitalised(name)} {problem}, so anybody who has one token or link can find it by trying. Only a service on loopback may have it. {Advice}");

    private static string Capitalised(string name) => $"{char.ToUpperInvariant(name[0])}{name[1..]}";
}
