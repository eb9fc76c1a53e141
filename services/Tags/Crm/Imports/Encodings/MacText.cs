using System.Collections.Frozen;

namespace TagSegments.Tags.Crm.Imports.Encodings;

/// <summary>
/// Text of a Macintosh (Mac Roman), as some programs still write it there. Where it has small letters, Windows has signs, capitals and few letters, so the letters around
/// them tell: of März, José and Smålands it makes <c>MŠrz</c>, <c>JosŽ</c> and <c>SmŒlands</c>.
/// </summary>
internal static class MacText
{
    private const int OfSure = 3;
    private const int AgainstSure = 10;

    // Small letters there. On Windows they are signs and capitals, which do not stand within a word.
    private static readonly FrozenSet<byte> s_signs =
        FrozenSet.ToFrozenSet<byte>([0x87, 0x88, 0x89, 0x8A, 0x8B, 0x8C, 0x8D, 0x8E, 0x8F, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9B, 0xA7, 0xCF, 0xD5]);

    // Of these, what no sign at the end of a word is.
    private static readonly FrozenSet<byte> s_last = FrozenSet.ToFrozenSet<byte>([0x88, 0x8A, 0x8C, 0x8E, 0x8F, 0xA7]);

    // Vowels there. On Windows they are consonants, which stand beside a vowel: ö or š, ü or ź, ø or ż ...
    private static readonly FrozenSet<byte> s_vowels = FrozenSet.ToFrozenSet<byte>([0x9A, 0x9C, 0x9D, 0x9E, 0x9F, 0xBE, 0xBF]);

    /// <summary>True if the letters of a text show that it is one.</summary>
    public static bool Looks(ReadOnlySpan<byte> text)
    {
        var (mac, windows) = (0, 0);
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] >= 0x80 && char.IsAsciiLetter((char)text[i - 1]))
            {
                var (isWithin, isAfterSmall) = (i + 1 < text.Length && IsSmall(text[i + 1]), IsSmall(text[i - 1]));
                mac += s_signs.Contains(text[i]) && (isWithin || (isAfterSmall && s_last.Contains(text[i]))) ? OfSure
                    : s_vowels.Contains(text[i]) && isWithin && IsBetweenConsonants(text, i) ? 1
                    : 0;
                windows += (isAfterSmall && IsOfWindows(text[i])) || (isWithin && IsOfDos(text[i])) ? AgainstSure
                    : text[i] is 0x9A or 0x9E or 0x9F or 0xBE or 0xBF && isWithin && IsBesideVowel(text, i) ? 1
                    : 0;
            }
        }

        return mac > windows;
    }

    // Capitals of a Macintosh, or signs, where Windows has letters.
    private static bool IsOfWindows(byte one) => IsOfDos(one) || one is 0xB3 or 0xB9 or >= 0xDF;

    private static bool IsOfDos(byte one) => one is >= 0x80 and <= 0x86;

    private static bool IsBesideVowel(ReadOnlySpan<byte> text, int place) => IsVowel(text[place - 1]) || IsVowel(text[place + 1]);

    // R and L are vowels in Slavic languages after a consonant: Krško.
    private static bool IsBetweenConsonants(ReadOnlySpan<byte> text, int place) =>
        !IsBesideVowel(text, place)
        && !(text[place] is 0x9A or 0x9E && place > 1 && text[place - 1] is (byte)'r' or (byte)'l' && char.IsAsciiLetter((char)text[place - 2]) && !IsVowel(text[place - 2]));

    private static bool IsSmall(byte one) => one is >= (byte)'a' and <= (byte)'z';

    private static bool IsVowel(byte one) => "aeiouAEIOU"u8.Contains(one);
}
