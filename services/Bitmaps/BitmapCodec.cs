using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace TagSegments.Bitmaps;

/// <summary>
/// Writes sets as bytes and reads them back: the number of chunks, each chunk in its shortest form, a 64-bit checksum. Gaps and runs are
/// variable-length integers with 7 bits per byte, so a number takes one byte unless the set is very sparse, and never more than two.
/// </summary>
public static class BitmapCodec
{
    private const byte Gaps = 1;
    private const byte Runs = 2;
    private const byte Plain = 3;

    /// <summary>Writes a set after <paramref name="header"/>; the checksum covers both.</summary>
    public static byte[] Encode(Bitmap bitmap, ReadOnlySpan<byte> header)
    {
        var output = new ByteWriter(header.Length + 16 + (bitmap.ChunkCount * 256));
        output.Write(header);
        output.WriteVarint(bitmap.ChunkCount);
        for (var i = 0; i < bitmap.ChunkCount; i++)
        {
            Encode(bitmap[i], output);
        }

        Span<byte> checksum = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(checksum, XxHash3.HashToUInt64(output.Written));
        output.Write(checksum);
        return output.Written.ToArray();
    }

    /// <summary>Reads a set after a header of <paramref name="headerLength"/> bytes; null if header or set are damaged.</summary>
    public static Bitmap? TryDecode(ReadOnlySpan<byte> bytes, int headerLength)
    {
        var end = bytes.Length - sizeof(ulong);
        if (end <= headerLength || BinaryPrimitives.ReadUInt64LittleEndian(bytes[end..]) != XxHash3.HashToUInt64(bytes[..end]))
        {
            return null;
        }

        var input = new ByteReader(bytes[headerLength..end]);
        var chunks = new BitChunk[input.ReadVarint()];
        for (var i = 0; i < chunks.Length; i++)
        {
            chunks[i] = Decode(ref input);
        }

        return new Bitmap(chunks);
    }

    private static void Encode(BitChunk chunk, ByteWriter output)
    {
        switch (chunk)
        {
            case ListChunk list:
                output.WriteByte(Gaps);
                EncodeGaps(list.Offsets, output);
                break;
            case RunChunk runs:
                output.WriteByte(Runs);
                EncodeGaps(runs.Bounds, output);
                break;
            case PlainChunk plain:
                output.WriteByte(Plain);
                output.Write(MemoryMarshal.AsBytes(plain.Words));
                break;
            default:
                throw new InvalidOperationException($"A chunk of type {chunk.GetType().Name} has no form.");
        }
    }

    private static void EncodeGaps(ReadOnlySpan<ushort> ascending, ByteWriter output)
    {
        output.WriteVarint(ascending.Length);
        var last = 0;
        foreach (var number in ascending)
        {
            output.WriteVarint(number - last);
            last = number;
        }
    }

    private static BitChunk Decode(ref ByteReader input)
    {
        switch (input.ReadByte())
        {
            case Gaps:
                var offsets = DecodeGaps(ref input);
                return offsets.Length == 0 ? BitChunk.Empty : new ListChunk(offsets);
            case Runs:
                var bounds = DecodeGaps(ref input);
                var count = 0;
                for (var i = 0; i < bounds.Length; i += 2)
                {
                    count += bounds[i + 1] - bounds[i] + 1;
                }

                return new RunChunk(bounds, count);
            default:
                var words = MemoryMarshal.Cast<byte, ulong>(input.Read(ChunkLayout.Bytes)).ToArray();
                return new PlainChunk(words, ChunkWords.Count(words));
        }
    }

    private static ushort[] DecodeGaps(ref ByteReader input)
    {
        var numbers = new ushort[input.ReadVarint()];
        var last = 0;
        for (var i = 0; i < numbers.Length; i++)
        {
            last += input.ReadVarint();
            numbers[i] = (ushort)last;
        }

        return numbers;
    }
}
