using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace TagSegments.Bitmaps;

/// <summary>Works on the plain bits of chunks, see <see cref="ChunkLayout"/>: the members of a chunk are consecutive contacts.</summary>
public static class ChunkBits
{
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
                contacts.Add((chunk * ChunkLayout.Bits) + (start * 8) + offset);
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
            if (contactId / ChunkLayout.Bits != current)
            {
                current = contactId / ChunkLayout.Bits;
                if (!chunks.TryGetValue(current, out bits!))
                {
                    chunks.Add(current, bits = new byte[ChunkLayout.Bytes]);
                }
            }

            Set(bits, contactId % ChunkLayout.Bits);
        }

        return chunks;
    }

    /// <summary>Clears the contacts' bits in chunks, and drops the chunks that have none left; returns how many contacts it took out.</summary>
    public static int Remove(SortedDictionary<int, byte[]> chunks, IEnumerable<int> contactIds)
    {
        var removed = 0;
        foreach (var (chunk, unwanted) in Split(contactIds))
        {
            if (!chunks.TryGetValue(chunk, out var bits))
            {
                continue;
            }

            removed += Count(bits);
            var words = MemoryMarshal.Cast<byte, ulong>(bits.AsSpan());
            var others = MemoryMarshal.Cast<byte, ulong>(unwanted.AsSpan());
            for (var word = 0; word < words.Length; word++)
            {
                words[word] &= ~others[word];
            }

            removed -= Count(bits);
            if (!bits.AsSpan().ContainsAnyExcept((byte)0))
            {
                chunks.Remove(chunk);
            }
        }

        return removed;
    }

    /// <summary>Collects chunks as <c>bit_send</c> gives them. Rows of one chunk are united.</summary>
    public static SortedDictionary<int, byte[]> FromWire(IEnumerable<(int Chunk, byte[] Bits)> rows)
    {
        var chunks = new SortedDictionary<int, byte[]>();
        foreach (var (chunk, sent) in rows)
        {
            if (!chunks.TryGetValue(chunk, out var bits))
            {
                chunks.Add(chunk, bits = new byte[ChunkLayout.Bytes]);
            }

            var words = MemoryMarshal.Cast<byte, ulong>(bits.AsSpan());
            var more = MemoryMarshal.Cast<byte, ulong>(BitColumn.Bits(sent));
            for (var word = 0; word < words.Length; word++)
            {
                words[word] |= more[word];
            }
        }

        return chunks;
    }
}
