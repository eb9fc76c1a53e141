namespace TagSegments.Bitmaps;

/// <summary>An immutable set of non-negative numbers in chunks. Versions of a set share the chunks in which they do not differ.</summary>
public sealed class Bitmap
{
    /// <summary>The empty set.</summary>
    public static readonly Bitmap Empty = new([]);

    private readonly BitChunk[] _chunks;

    internal Bitmap(BitChunk[] chunks)
    {
        _chunks = chunks;
        foreach (var chunk in chunks)
        {
            Count += chunk.Count;
            Bytes += 8 + (chunk.Count == 0 ? 0 : chunk.Bytes);
        }

        Last = chunks.Length == 0 ? -1 : ((chunks.Length - 1) * ChunkLayout.Bits) + chunks[^1].Last;
    }

    /// <summary>The number of members.</summary>
    public int Count { get; }

    /// <summary>The greatest member; -1 for an empty set.</summary>
    public int Last { get; }

    /// <summary>The index after the last chunk with a member.</summary>
    public int ChunkCount => _chunks.Length;

    /// <summary>The approximate size of the set in memory, in bytes.</summary>
    public long Bytes { get; } = 48;

    /// <summary>Gets a chunk; it is empty beyond the last one.</summary>
    public BitChunk this[int chunk] => (uint)chunk < (uint)_chunks.Length ? _chunks[chunk] : BitChunk.Empty;

    /// <summary>Creates a set from numbers in any order.</summary>
    public static Bitmap Of(params IEnumerable<int> numbers)
    {
        var editor = new BitmapEditor(Empty);
        foreach (var number in numbers)
        {
            editor.Add(number);
        }

        return editor.ToBitmap();
    }

    /// <summary>Tests whether a number is in the set.</summary>
    public bool Contains(int number) => this[ChunkLayout.ChunkOf(number)].Contains(ChunkLayout.OffsetOf(number));

    /// <summary>Gets at most <paramref name="limit"/> numbers greater than <paramref name="after"/>, ascending.</summary>
    public int[] Next(int after, int limit)
    {
        if (after >= Last)
        {
            return [];
        }

        Span<ulong> words = stackalloc ulong[ChunkLayout.Words];
        var numbers = new int[Math.Min(limit, Count)];
        var found = 0;
        var start = after + 1;
        for (var chunk = ChunkLayout.ChunkOf(start); chunk < ChunkCount && found < numbers.Length; chunk++)
        {
            this[chunk].CopyTo(words);
            var first = chunk * ChunkLayout.Bits;
            found += ChunkWords.Enumerate(words, first, Math.Max(0, start - first), numbers.AsSpan(found));
        }

        return numbers[..found];
    }

    /// <summary>Gets the numbers greater than <paramref name="after"/>, ascending.</summary>
    public IEnumerable<int> After(int after)
    {
        var words = new ulong[ChunkLayout.Words];
        var numbers = new int[ChunkLayout.Bits];
        var start = after + 1;
        for (var chunk = ChunkLayout.ChunkOf(start); chunk < ChunkCount; chunk++)
        {
            this[chunk].CopyTo(words);
            var first = chunk * ChunkLayout.Bits;
            var count = ChunkWords.Enumerate(words, first, Math.Max(0, start - first), numbers);
            for (var i = 0; i < count; i++)
            {
                yield return numbers[i];
            }
        }
    }
}
