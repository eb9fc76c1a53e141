using System.Buffers.Binary;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace TagSegments.Tags.Changes;

/// <summary>
/// The bits of one chunk of 16,384 consecutive contacts, in PostgreSQL's order: contact 0 of the chunk is the highest bit of the first byte,
/// so that bytes travel between memory and bit(16384) unchanged.
/// </summary>
internal static class ChunkBits
{
    /// <summary>Contacts in a chunk.</summary>
    public const int Size = 16_384;

    /// <summary>Bytes of a chunk.</summary>
    public const int Bytes = Size / 8;

    /// <summary>Sets one bit.</summary>
    public static void Set(byte[] bits, int offset) => bits[offset >> 3] |= (byte)(0x80 >> (offset & 7));

    /// <summary>Tests a bit.</summary>
    public static bool Get(ReadOnlySpan<byte> bits, int offset) => (bits[offset >> 3] & (0x80 >> (offset & 7))) != 0;

    /// <summary>Counts the bits set.</summary>
    public static int Count(ReadOnlySpan<byte> bits)
    {
        var count = 0;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bits))
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }

    /// <summary>Lists the contacts whose bits are set, ascending.</summary>
    public static List<int> Contacts(int chunk, ReadOnlySpan<byte> bits)
    {
        var contacts = new List<int>();
        for (var start = 0; start < bits.Length; start += sizeof(ulong))
        {
            var word = BinaryPrimitives.ReadUInt64BigEndian(bits[start..]);
            while (word != 0)
            {
                var offset = BitOperations.LeadingZeroCount(word);
                contacts.Add((chunk * Size) + (start * 8) + offset);
                word &= ~(0x8000_0000_0000_0000UL >> offset);
            }
        }

        return contacts;
    }

    /// <summary>
    /// Sets the contacts' bits chunk by chunk; the chunks come out in ascending order. Numbers below 1 are nobody's and are left out.
    /// </summary>
    public static SortedDictionary<int, byte[]> Split(IEnumerable<int> contactIds)
    {
        var chunks = new SortedDictionary<int, byte[]>();
        var (current, bits) = (-1, Array.Empty<byte>());

        // A loop over an array takes a third of the time, and a million numbers are some milliseconds.
        foreach (var contactId in contactIds as int[] ?? [.. contactIds])
        {
            if (contactId < 1)
            {
                continue;
            }

            // Neighbours mostly come in a row, so the chunk is looked up only when it changes.
            if (contactId / Size != current)
            {
                current = contactId / Size;
                if (!chunks.TryGetValue(current, out bits!))
                {
                    chunks.Add(current, bits = new byte[Bytes]);
                }
            }

            Set(bits, contactId % Size);
        }

        return chunks;
    }

    /// <summary>Collects chunks as bit_send gives them: a length of four bytes, then the bits. Rows of one chunk are united.</summary>
    public static SortedDictionary<int, byte[]> FromWire(IEnumerable<(int Chunk, byte[] Bits)> rows)
    {
        var chunks = new SortedDictionary<int, byte[]>();
        foreach (var (chunk, wire) in rows)
        {
            if (!chunks.TryGetValue(chunk, out var bits))
            {
                chunks.Add(chunk, bits = new byte[Bytes]);
            }

            TensorPrimitives.BitwiseOr(bits, wire.AsSpan(sizeof(int)), bits);
        }

        return chunks;
    }
}
