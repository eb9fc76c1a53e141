using System.Globalization;
using Crm.Campaigns.V1;
using Rule = Crm.Campaigns.V1.AbTest.Types.Rule;

namespace TagSegments.Campaigns.AbTests;

/// <summary>The rule for the winner of a test: the highest rate, and of equal rates the earlier variant.</summary>
internal static class WinnerRule
{
    /// <summary>Chooses the winner and says why.</summary>
    public static (int Variant, string Decision) Choose(AbTest test, IEnumerable<VariantCounts> counts)
    {
        var byVariant = counts.ToDictionary(count => count.Variant);
        var variants = Enumerable.Range(1, test.Variants.Count)
            .Select(variant => byVariant.GetValueOrDefault(variant) ?? new VariantCounts(variant, 0, 0, 0, 0, 0, 0, 0))
            .ToList();
        var winner = variants.OrderByDescending(count => Rate(test.Rule, count)).ThenBy(count => count.Variant).First();
        return (winner.Variant, string.Join(", ", variants.Select(count => Describe(test, count))));
    }

    private static decimal Rate(Rule rule, VariantCounts count) => count.Accepted == 0 ? 0 : (decimal)Did(rule, count) / count.Accepted;

    private static int Did(Rule rule, VariantCounts count) => rule == Rule.Clicked ? count.Clicked : count.Opened;

    // A: 12.5% opened (25 of 200)
    private static string Describe(AbTest test, VariantCounts count) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Variants.NameOf(test, count.Variant)}: {100 * Rate(test.Rule, count):0.##}% {(test.Rule == Rule.Clicked ? "clicked" : "opened")} ({Did(test.Rule, count)} of {count.Accepted})");
}
