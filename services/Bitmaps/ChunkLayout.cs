namespace TagSegments.Bitmaps;

/// <summary>
/// The layout of a chunk: 16,384 bits in the order of PostgreSQL's <c>bit(16384)</c>, where the first bit is the highest of the first byte.
/// The bytes of a column are therefore the bytes of a chunk. Words are these bytes read on a little-endian machine.
/// </summary>
public static class ChunkLayout
{
    /// <summary>The number of bits in a chunk.</summary>
    public const int Bits = 16_384;

    /// <summary>The number of bytes in a chunk.</summary>
    public const int Bytes = Bits / 8;

    /// <summary>The number of 64-bit words in a chunk.</summary>
    public const int Words = Bits / 64;

    /// <summary>Gets the chunk that holds a bit.</summary>
    public static int ChunkOf(int bit) => bit / Bits;

    /// <summary>Gets the offset of a bit in its chunk.</summary>
    public static int OffsetOf(int bit) => bit % Bits;

    /// <summary>Gets the mask of an offset within its word.</summary>
    public static ulong MaskOf(int offset) => 1UL << ((offset & 63) ^ 7);
}
