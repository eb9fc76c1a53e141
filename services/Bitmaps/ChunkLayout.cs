namespace TagSegments.Bitmaps;

/// <summary>
/// How bits lie in a chunk: 16,384 bits in the order of PostgreSQL's <c>bit(16384)</c>, the first bit being the highest of the first byte.
/// So the bytes of a column are the bytes of a chunk. Words are those bytes read on a little-endian machine.
/// </summary>
public static class ChunkLayout
{
    /// <summary>The bits of a chunk.</summary>
    public const int Bits = 16_384;

    /// <summary>The bytes of a chunk.</summary>
    public const int Bytes = Bits / 8;

    /// <summary>The 64-bit words of a chunk.</summary>
    public const int Words = Bits / 64;

    /// <summary>Gets the chunk that holds a bit.</summary>
    public static int ChunkOf(int bit) => bit / Bits;

    /// <summary>Gets the place of a bit in its chunk.</summary>
    public static int OffsetOf(int bit) => bit % Bits;

    /// <summary>Gets the mask of an offset within its word.</summary>
    public static ulong MaskOf(int offset) => 1UL << ((offset & 63) ^ 7);
}
