using System.Text;

namespace TagSegments.Filters.Values;

/// <summary>
/// Folds case character by character (Unicode simple folding): the upper case of a character, then the lower case of that. The database
/// is not asked to do it because its answer depends on the locale it was created with.
/// </summary>
public static class CaseFolding
{
    private static readonly Lazy<ILookup<Rune, Rune>> s_variants = new(FindVariants);

    /// <summary>Folds a text.</summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            folded.Append(Fold(rune).ToString());
        }

        return folded.ToString();
    }

    /// <summary>
    /// Lists the characters that fold to those of the folded texts, and what each folds to: the arguments of <c>translate()</c> that make
    /// a stored text comparable with these texts. Characters that occur in none of them need no folding.
    /// </summary>
    public static (string From, string To) Translation(IEnumerable<string> foldedTexts)
    {
        var (from, to) = (new StringBuilder(), new StringBuilder());
        foreach (var target in foldedTexts.SelectMany(text => text.EnumerateRunes()).Distinct())
        {
            foreach (var variant in s_variants.Value[target])
            {
                from.Append(variant.ToString());
                to.Append(target.ToString());
            }
        }

        return (from.ToString(), to.ToString());
    }

    private static Rune Fold(Rune rune) => Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune));

    private static ILookup<Rune, Rune> FindVariants() =>
        Enumerable.Range(0, 0x1E944)
            .Where(Rune.IsValid)
            .Select(value => new Rune(value))
            .Where(rune => Fold(rune) != rune)
            .ToLookup(Fold);
}
