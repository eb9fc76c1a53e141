using System.Data;

namespace TagSegments.Bitmaps;

/// <summary>
/// Reads columns of <c>bit(16384)</c>. In binary form such a column is its length in bits, four bytes, and then the bits as they lie in a chunk.
/// </summary>
public static class BitColumn
{
    private const int LengthPrefix = 4;

    /// <summary>Reads the bits of a column.</summary>
    public static byte[] ReadBits(this IDataRecord row, int ordinal)
    {
        var bits = new byte[ChunkLayout.Bytes];
        row.ReadBits(ordinal, bits);
        return bits;
    }

    /// <summary>Reads the bits of a column into a buffer.</summary>
    public static void ReadBits(this IDataRecord row, int ordinal, byte[] bits) => row.GetBytes(ordinal, LengthPrefix, bits, 0, bits.Length);

    /// <summary>Gets the bits of a column that was read as a whole, or that <c>bit_send</c> made.</summary>
    public static ReadOnlySpan<byte> Bits(byte[] sent) => sent.AsSpan(LengthPrefix);
}
