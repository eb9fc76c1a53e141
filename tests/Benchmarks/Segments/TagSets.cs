using TagSegments.Bitmaps;

namespace TagSegments.Benchmarks.Segments;

/// <summary>
/// The holders of the tags in the generated account: Zipf's law over 500 tags, 12 tags per contact on average, the most frequent one on 62 % of
/// the contacts; every fifth tag was added in blocks of 2,000 neighbours, as imports do.
/// </summary>
internal static class TagSets
{
    public const int Count = 500;
    private const double PerContact = 12;
    private const double Most = 0.62;
    private const double Exponent = 0.85;
    private const int Block = 2_000;

    /// <summary>Draws the holders of every tag; the tag's number is the index plus one.</summary>
    public static Bitmap[] Draw(int contacts, int seed)
    {
        var scale = Scale();
        return [.. Enumerable.Range(1, Count).Select(tag => Draw(tag, contacts, Share(tag, scale), new Random(seed + tag)))];
    }

    private static Bitmap Draw(int tag, int contacts, double share, Random random)
    {
        var editor = new BitmapEditor(Bitmap.Empty);
        if (tag % 5 == 0)
        {
            for (var left = contacts * share; left > 0; left -= Block)
            {
                var first = random.Next(1, contacts + 1);
                var length = (int)Math.Min(Math.Min(Block, Math.Ceiling(left)), contacts + 1 - first);
                foreach (var contact in Enumerable.Range(first, length))
                {
                    editor.Add(contact);
                }
            }

            return editor.ToBitmap();
        }

        // The gaps between holders: as many draws as there are holders.
        var log = Math.Log(1 - share);
        for (var contact = 1L; ; contact++)
        {
            contact += (long)(Math.Log(1 - random.NextDouble()) / log);
            if (contact > contacts)
            {
                return editor.ToBitmap();
            }

            editor.Add((int)contact);
        }
    }

    private static double Share(int tag, double scale) => Math.Min(Most, scale * Math.Pow(tag, -Exponent));

    private static double Scale()
    {
        var (low, high) = (0.0, 10.0);
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            var sum = Enumerable.Range(1, Count).Sum(tag => Share(tag, middle));
            (low, high) = sum < PerContact ? (middle, high) : (low, middle);
        }

        return low;
    }
}
