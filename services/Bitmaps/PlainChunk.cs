namespace TagSegments.Bitmaps;

/// <summary>A chunk as plain bits, for sets that neither a list nor runs would make smaller.</summary>
internal sealed class PlainChunk(ulong[] bits, int count) : BitChunk(count)
{
    public ReadOnlySpan<ulong> Words => bits;

    public override int Last => ChunkWords.Last(bits);

    public override int Bytes => 48 + ChunkLayout.Bytes;

    public override bool Contains(int offset) => ChunkWords.Contains(bits, offset);

    public override int CountIn(ReadOnlySpan<ulong> words) => ChunkWords.CountBoth(words, bits);

    public override void CopyTo(Span<ulong> words) => bits.CopyTo(words);

    public override void OrInto(Span<ulong> words) => ChunkWords.Or(words, bits);

    public override void AndInto(Span<ulong> words) => ChunkWords.And(words, bits);

    public override void AndNotInto(Span<ulong> words) => ChunkWords.AndNot(words, bits);
}
