using System.Globalization;
using System.Text;

namespace TagSegments.Tags.Tagging.Naming;

/// <summary>Finds names that people take for the same: their keys are equal or differ by one letter.</summary>
internal static class NearDuplicates
{
    /// <summary>The shortest keys that are compared letter by letter.</summary>
    public const int MinLengthForEdits = 5;

    /// <summary>The longest keys that are compared letter by letter: a few letters stand for words, and make keys longer than names.</summary>
    public const int MaxLengthForEdits = 200;

    /// <summary>A name without case, accents, spaces, punctuation and plural, with look-alike letters unified.</summary>
    public static string Key(string name)
    {
        var key = new StringBuilder(name.Length);
        foreach (var word in name.Split(' ', '-', '_', '/'))
        {
            key.Append(Singular(Fold(word)));
        }

        // Names of symbols only, such as emoji, have no letters to compare. Joiners and selectors hardly show where a font has no picture for the whole.
        return key.Length > 0 ? key.ToString() : string.Concat(name.Where(one => one is not ('\u200C' or '\u200D' or '\uFE0E' or '\uFE0F'))) is { Length: > 0 } seen ? seen : name;
    }

    /// <summary>Checks whether names with these keys are near-duplicates.</summary>
    public static bool AreNear(string a, string b) =>
        a == b || (Math.Min(a.Length, b.Length) >= MinLengthForEdits && Math.Max(a.Length, b.Length) <= MaxLengthForEdits && Math.Abs(a.Length - b.Length) <= 1 && DifferByOneLetter(a, b));

    private static string Fold(string word)
    {
        var folded = new StringBuilder(word.Length);
        foreach (var rune in word.Normalize(NormalizationForm.FormKD).EnumerateRunes())
        {
            var lower = Rune.ToLowerInvariant(rune);
            if (Rune.IsLetterOrDigit(lower))
            {
                folded.Append(lower.Value <= char.MaxValue ? Confusables.Fold((char)lower.Value).ToString() : lower.ToString());
            }
        }

        return folded.ToString();
    }

    private static string Singular(string word) => word switch
    {
        { Length: > 4 } when word.EndsWith("ies", StringComparison.Ordinal) => word[..^3] + "y",
        { Length: > 3 } when word.EndsWith('s') && !word.EndsWith("ss", StringComparison.Ordinal) => word[..^1],
        _ => word,
    };

    // A digit more or less makes another thing of it: "2024" is not a typing error for "2025".
    private static bool DifferByOneLetter(string a, string b)
    {
        var (shorter, longer) = a.Length <= b.Length ? (a, b) : (b, a);
        var start = shorter.AsSpan().CommonPrefixLength(longer);
        var rest = shorter.Length == longer.Length ? start + 1 : start;
        if (start == longer.Length || char.IsDigit(longer[start]) || (rest > start && char.IsDigit(shorter[start])))
        {
            return false;
        }

        var swapped = shorter.Length == longer.Length && start + 1 < shorter.Length
            && shorter[start] == longer[start + 1] && shorter[start + 1] == longer[start]
            && shorter.AsSpan(start + 2).SequenceEqual(longer.AsSpan(start + 2));
        return swapped || shorter.AsSpan(rest).SequenceEqual(longer.AsSpan(start + 1));
    }
}
