using TagSegments.Bitmaps;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Evaluation.Plans;

namespace TagSegments.Segments.Preview;

/// <summary>Picks contacts that are evenly spread over all matches, so that a preview does not show the oldest ones only.</summary>
internal static class Sample
{
    /// <summary>Picks at most <paramref name="limit"/> contacts, ascending; the same for the same set.</summary>
    public static int[] Spread(MatchSet matches, int count, int limit)
    {
        var picked = new int[Math.Min(limit, count)];
        var numbers = new int[ChunkLayout.Bits];
        using var words = ChunkBuffers.Current.Take();
        for (int chunk = 0, before = 0, found = 0; chunk < matches.ChunkCount && found < picked.Length; chunk++)
        {
            if (matches.IsEmpty(chunk))
            {
                continue;
            }

            matches.CopyTo(chunk, words.Words);
            var end = before + ChunkWords.Enumerate(words.Words, chunk * ChunkLayout.Bits, 0, numbers);
            for (; found < picked.Length && Rank(found) < end; found++)
            {
                picked[found] = numbers[Rank(found) - before];
            }

            before = end;
        }

        return picked;

        int Rank(int index) => (int)((long)index * count / picked.Length);
    }
}
