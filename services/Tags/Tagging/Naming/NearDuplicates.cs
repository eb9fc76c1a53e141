using System.Globalization;
using System.Text;

namespace TagSegments.Tags.Tagging.Naming;

/// <summary>
/// Finds names that people take for the same: their keys are equal or differ by one letter. Candidates for the latter
/// share a key with one letter left out, so a library of thousands needs no comparison of all pairs.
/// </summary>
internal static class NearDuplicates
{
    private const int MinLengthForEdits = 5;

    /// <summary>Finds the pairs of near-duplicates among names.</summary>
    public static IEnumerable<(int First, int Second)> Pairs(IReadOnlyList<string> names)
    {
        var keys = names.Select(Key).ToArray();
        var buckets = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        var pairs = new HashSet<(int, int)>();
        for (var index = 0; index < keys.Length; index++)
        {
            foreach (var variant in Variants(keys[index]))
            {
                if (!buckets.TryGetValue(variant, out var bucket))
                {
                    buckets.Add(variant, bucket = []);
                }

                pairs.UnionWith(bucket.Where(other => other != index && AreNear(keys[other], keys[index])).Select(other => (other, index)));
                bucket.Add(index);
            }
        }

        return pairs.Order();
    }

    /// <summary>A name without case, accents, spaces, punctuation and plural, with look-alike letters unified.</summary>
    public static string Key(string name)
    {
        var key = new StringBuilder(name.Length);
        foreach (var word in name.Split(' ', '-', '_', '/'))
        {
            key.Append(Singular(Fold(word)));
        }

        // Names of symbols only, such as emoji, have no letters to compare.
        return key.Length > 0 ? key.ToString() : name;
    }

    /// <summary>Checks whether names with these keys are near-duplicates.</summary>
    public static bool AreNear(string a, string b) =>
        a == b || (Math.Min(a.Length, b.Length) >= MinLengthForEdits && Math.Abs(a.Length - b.Length) <= 1 && DifferByOneLetter(a, b));

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

    private static IEnumerable<string> Variants(string key) => key.Length < MinLengthForEdits
        ? [key]
        : Enumerable.Range(0, key.Length).Select(index => key.Remove(index, 1)).Prepend(key).Distinct(StringComparer.Ordinal);

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
