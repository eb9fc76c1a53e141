using TagSegments.Filters.Values;

namespace TagSegments.Filters.Catalog;

/// <summary>Finds the names that are closest to one that does not exist.</summary>
public static class Suggestions
{
    private const int Most = 3;

    /// <summary>
    /// Lists up to three names within a third of the length (at least one edit, at most four), closest first. Case counts less than letters.
    /// </summary>
    public static IReadOnlyList<string> For(string name, IEnumerable<string> names)
    {
        var limit = Math.Clamp(name.Length / 3, 1, 4);
        var folded = CaseFolding.Fold(name);
        return
        [
            .. names
                .Where(candidate => Math.Abs(candidate.Length - name.Length) <= limit)
                .Select(candidate => (Name: candidate, Distance: Distance(folded, CaseFolding.Fold(candidate), limit)))
                .Where(candidate => candidate.Distance <= limit)
                .OrderBy(candidate => candidate.Distance)
                .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
                .Take(Most)
                .Select(candidate => candidate.Name),
        ];
    }

    // Edits are insertions, deletions, replacements and swaps of neighbours. Three rows of the usual table suffice, and of each row what is near the
    // diagonal: elsewhere the distance is beyond the limit (Ukkonen, 1985). A library can have many long names.
    private static int Distance(string a, string b, int limit)
    {
        if (Math.Abs(a.Length - b.Length) > limit)
        {
            return limit + 1;
        }

        var (beforeLast, last, row) = (new int[b.Length + 1], Enumerable.Range(0, b.Length + 1).ToArray(), new int[b.Length + 1]);
        for (var i = 1; i <= a.Length; i++)
        {
            var (from, to) = (Math.Max(1, i - limit), Math.Min(b.Length, i + limit));
            row[from - 1] = from == 1 ? i : limit + 1;
            for (var j = from; j <= to; j++)
            {
                var replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, Math.Min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
                }
            }

            if (to < b.Length)
            {
                row[to + 1] = limit + 1;
            }

            (beforeLast, last, row) = (last, row, beforeLast);
        }

        return last[b.Length];
    }
}
