using System.Text;

namespace TagSegments.Benchmarks.Tenants;

/// <summary>
/// The most expensive filters that are allowed: hundreds of clauses about everyone, negated and joined by OR so that none of them
/// decides for another. Sums and counts in rolling windows are asked anew every time; all other clauses have a bound that was never used, so
/// that no answer is known.
/// </summary>
internal static class WorstSegment
{
    // With the conditions inside of clauses, this is close to the limit of 1,000.
    private const int Clauses = 590;

    /// <summary>Makes the text of such a filter, with nearly as many clauses as a filter may have.</summary>
    public static string Next(Random random)
    {
        var text = new StringBuilder(Clause(0, random));
        for (var i = 1; i < Clauses; i++)
        {
            text.Append(i % 2 == 0 ? " OR " : " OR NOT ").Append(Clause(i, random));
        }

        return text.ToString();
    }

    private static string Clause(int number, Random random)
    {
        var (value, days) = (random.Next(100_000, 10_000_000), random.Next(100, 10_000));
        return (number % 6) switch
        {
            0 => $"sum of total of events \"Purchase\" in last {days} days >= {value}",
            1 => $"did \"Purchase\" (total > {value}) at least 2 times in last {days} days",
            2 => $"has at least 9 opportunities (amount >= {value} AND stage_since more than {days} days ago)",
            3 => $"sum of amount of opportunities (amount != {value}) >= {value}",
            4 => $"opened email at least 9 times in last {days} full days",
            _ => $"score > {value}",
        };
    }
}
