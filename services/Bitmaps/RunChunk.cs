namespace TagSegments.Bitmaps;

/// <summary>A chunk as runs of consecutive offsets, each a first and a last one, for blocks of imported contacts and nearly full sets.</summary>
internal sealed class RunChunk(ushort[] bounds, int count) : BitChunk(count)
{
    public ReadOnlySpan<ushort> Bounds => bounds;

    public override int Last => bounds[^1];

    public override int Bytes => 48 + (bounds.Length * sizeof(ushort));

    public static RunChunk From(ReadOnlySpan<ulong> words, int count, int runs)
    {
        var bounds = new ushort[runs * 2];
        ChunkWords.EnumerateRuns(words, bounds);
        return new RunChunk(bounds, count);
    }

    public override bool Contains(int offset)
    {
        for (var i = 0; i < bounds.Length && bounds[i] <= offset; i += 2)
        {
            if (offset <= bounds[i + 1])
            {
                return true;
            }
        }

        return false;
    }

    public override int CountIn(ReadOnlySpan<ulong> words)
    {
        var count = 0;
        for (var i = 0; i < bounds.Length; i += 2)
        {
            count += ChunkWords.CountRun(words, bounds[i], bounds[i + 1]);
        }

        return count;
    }

    public override void OrInto(Span<ulong> words)
    {
        for (var i = 0; i < bounds.Length; i += 2)
        {
            ChunkWords.SetRun(words, bounds[i], bounds[i + 1]);
        }
    }

    // If nearly all bits are set, the gaps between the runs are small.
    public override void AndInto(Span<ulong> words)
    {
        var next = 0;
        for (var i = 0; i < bounds.Length; i += 2)
        {
            ClearGap(words, next, bounds[i]);
            next = bounds[i + 1] + 1;
        }

        ClearGap(words, next, ChunkLayout.Bits);
    }

    public override void AndNotInto(Span<ulong> words)
    {
        for (var i = 0; i < bounds.Length; i += 2)
        {
            ChunkWords.ClearRun(words, bounds[i], bounds[i + 1]);
        }
    }

    private static void ClearGap(Span<ulong> words, int start, int end)
    {
        if (start < end)
        {
            ChunkWords.ClearRun(words, start, end - 1);
        }
    }
}
