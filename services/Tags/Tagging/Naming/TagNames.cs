using System.Globalization;
using System.Text;
using TagSegments.Filters.Text;

namespace TagSegments.Tags.Tagging.Naming;

/// <summary>
/// The form in which tag names are stored and compared: NFC, trimmed, visible characters only, and joiners where the writing has them (<see cref="Joiners"/>).
/// </summary>
internal static class TagNames
{
    /// <summary>The longest name, in code points.</summary>
    public const int MaxLength = 200;

    /// <summary>Brings a name into its stored form; throws INVALID_ARGUMENT naming <paramref name="field"/> if it has none.</summary>
    public static string Normalize(string name, string field) =>
        Read(name, out var normalized) is { } problem ? throw RpcErrors.InvalidField(field, problem) : normalized;

    /// <summary>Normalizes a name to its stored form; returns the problem with it, or null.</summary>
    public static string? Read(string name, out string normalized)
    {
        normalized = "";

        // Checked first: normalization throws for them.
        if (name.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar))
        {
            return "contains a character that is not valid Unicode (a lone surrogate or U+FFFD)";
        }

        normalized = StoredName.OfTag(name);
        return Problem(normalized);
    }

    private static string? Problem(string name)
    {
        if (name.Length == 0)
        {
            return "is empty or white space only";
        }

        if (name.EnumerateRunes().Count() > MaxLength)
        {
            return $"is longer than {MaxLength} characters";
        }

        return FindInvisible(name) is { } invisible ? $"contains the control or zero-width character U+{invisible.Value:X4}" : null;
    }

    private static Rune? FindInvisible(string name)
    {
        for (var i = 0; i < name.Length;)
        {
            var rune = Rune.GetRuneAt(name, i);
            var flag = IsInvisible(rune) ? EmojiJoins.LengthOfFlag(name, i) : 0;
            if (IsInvisible(rune) && flag == 0 && !Joiners.Shows(name, i))
            {
                return rune;
            }

            i += Math.Max(flag, rune.Utf16SequenceLength);
        }

        return null;
    }

    // Format characters are the zero-width ones and the bidirectional controls. The grapheme joiner and the Hangul fillers are zero-width or
    // blank although Unicode counts them as marks and letters.
    private static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || rune.Value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x3164 or 0xFFA0;
}
