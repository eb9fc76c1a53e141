namespace TagSegments.Bitmaps;

/// <summary>A chunk as the sorted list of its offsets, for few bits.</summary>
internal sealed class ListChunk(ushort[] offsets) : BitChunk(offsets.Length)
{
    public ReadOnlySpan<ushort> Offsets => offsets;

    public override int Last => offsets.Length == 0 ? 0 : offsets[^1];

    public override int Bytes => 48 + (offsets.Length * sizeof(ushort));

    public static ListChunk From(ReadOnlySpan<ulong> words, int count)
    {
        var offsets = new ushort[count];
        ChunkWords.Enumerate(words, offsets);
        return new ListChunk(offsets);
    }

    public override bool Contains(int offset) => Array.BinarySearch(offsets, (ushort)offset) >= 0;

    public override int CountIn(ReadOnlySpan<ulong> words)
    {
        var count = 0UL;
        foreach (var offset in offsets)
        {
            count += (words[offset >> 6] >> ((offset & 63) ^ 7)) & 1;
        }

        return (int)count;
    }

    public override void OrInto(Span<ulong> words)
    {
        foreach (var offset in offsets)
        {
            ChunkWords.Set(words, offset);
        }
    }

    public override void AndNotInto(Span<ulong> words)
    {
        foreach (var offset in offsets)
        {
            ChunkWords.Clear(words, offset);
        }
    }
}
