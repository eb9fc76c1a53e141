using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace TagSegments.Bitmaps;

/// <summary>Set operations on uncompressed chunks of <see cref="ChunkLayout.Words"/> words, vectorised as far as the processor allows.</summary>
public static class ChunkWords
{
    /// <summary>Keeps the bits that are in both chunks.</summary>
    public static void And(Span<ulong> words, ReadOnlySpan<ulong> other)
    {
        var left = Wide(words);
        var right = Wide(other);
        for (var i = 0; i < left.Length; i++)
        {
            left[i] &= right[i];
        }
    }

    /// <summary>Adds the bits of the other chunk.</summary>
    public static void Or(Span<ulong> words, ReadOnlySpan<ulong> other)
    {
        var left = Wide(words);
        var right = Wide(other);
        for (var i = 0; i < left.Length; i++)
        {
            left[i] |= right[i];
        }
    }

    /// <summary>Removes the bits of the other chunk.</summary>
    public static void AndNot(Span<ulong> words, ReadOnlySpan<ulong> other)
    {
        var left = Wide(words);
        var right = Wide(other);
        for (var i = 0; i < left.Length; i++)
        {
            left[i] = Vector.AndNot(left[i], right[i]);
        }
    }

    /// <summary>Inverts every bit.</summary>
    public static void Not(Span<ulong> words)
    {
        var wide = Wide(words);
        for (var i = 0; i < wide.Length; i++)
        {
            wide[i] = ~wide[i];
        }
    }

    /// <summary>Counts the bits.</summary>
    public static int Count(ReadOnlySpan<ulong> words)
    {
        var (a, b, c, d) = (0, 0, 0, 0);
        for (; words.Length >= 4; words = words[4..])
        {
            a += BitOperations.PopCount(words[0]);
            b += BitOperations.PopCount(words[1]);
            c += BitOperations.PopCount(words[2]);
            d += BitOperations.PopCount(words[3]);
        }

        foreach (var word in words)
        {
            a += BitOperations.PopCount(word);
        }

        return a + b + c + d;
    }

    /// <summary>Counts the bits that are in both chunks.</summary>
    public static int CountBoth(ReadOnlySpan<ulong> words, ReadOnlySpan<ulong> other)
    {
        var (a, b, c, d) = (0, 0, 0, 0);
        var right = other[..words.Length];
        for (var i = 0; i + 4 <= words.Length; i += 4)
        {
            a += BitOperations.PopCount(words[i] & right[i]);
            b += BitOperations.PopCount(words[i + 1] & right[i + 1]);
            c += BitOperations.PopCount(words[i + 2] & right[i + 2]);
            d += BitOperations.PopCount(words[i + 3] & right[i + 3]);
        }

        return a + b + c + d;
    }

    /// <summary>Counts the bits from <paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    public static int CountRun(ReadOnlySpan<ulong> words, int first, int last)
    {
        var (start, end) = (first >> 6, last >> 6);
        return start == end
            ? BitOperations.PopCount(words[start] & MaskFrom(first) & MaskTo(last))
            : BitOperations.PopCount(words[start] & MaskFrom(first)) + Count(words[(start + 1)..end]) + BitOperations.PopCount(words[end] & MaskTo(last));
    }

    /// <summary>Gets the offset of the bit with <paramref name="rank"/> bits between <paramref name="from"/> and it; there must be so many.</summary>
    public static int Select(ReadOnlySpan<ulong> words, int from, int rank)
    {
        var word = from >> 6;
        var ordered = BinaryPrimitives.ReverseEndianness(words[word]) & (ulong.MaxValue >> (from & 63));
        for (int count; rank >= (count = BitOperations.PopCount(ordered)); rank -= count)
        {
            ordered = BinaryPrimitives.ReverseEndianness(words[++word]);
        }

        for (; rank > 0; rank--)
        {
            ordered &= ~(0x8000_0000_0000_0000 >> BitOperations.LeadingZeroCount(ordered));
        }

        return (word * 64) + BitOperations.LeadingZeroCount(ordered);
    }

    /// <summary>Counts the runs of consecutive bits.</summary>
    public static int CountRuns(ReadOnlySpan<ulong> words)
    {
        var runs = 0;
        var carry = 0UL;
        foreach (var word in words)
        {
            var ordered = BinaryPrimitives.ReverseEndianness(word);
            runs += BitOperations.PopCount(ordered & ~((ordered >> 1) | (carry << 63)));
            carry = ordered & 1;
        }

        return runs;
    }

    /// <summary>Gets the offset of the last bit; -1 if there is none.</summary>
    public static int Last(ReadOnlySpan<ulong> words)
    {
        var word = words.LastIndexOfAnyExcept(0UL);
        return word < 0 ? -1 : (word * 64) + 63 - BitOperations.TrailingZeroCount(BinaryPrimitives.ReverseEndianness(words[word]));
    }

    /// <summary>Tests one bit.</summary>
    public static bool Contains(ReadOnlySpan<ulong> words, int offset) => (words[offset >> 6] & ChunkLayout.MaskOf(offset)) != 0;

    /// <summary>Sets one bit.</summary>
    public static void Set(Span<ulong> words, int offset) => words[offset >> 6] |= ChunkLayout.MaskOf(offset);

    /// <summary>Clears one bit.</summary>
    public static void Clear(Span<ulong> words, int offset) => words[offset >> 6] &= ~ChunkLayout.MaskOf(offset);

    /// <summary>Sets the bits from <paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    public static void SetRun(Span<ulong> words, int first, int last)
    {
        var (start, end) = (first >> 6, last >> 6);
        if (start == end)
        {
            words[start] |= MaskFrom(first) & MaskTo(last);
            return;
        }

        words[start] |= MaskFrom(first);
        words[(start + 1)..end].Fill(ulong.MaxValue);
        words[end] |= MaskTo(last);
    }

    /// <summary>Clears the bits from <paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    public static void ClearRun(Span<ulong> words, int first, int last)
    {
        var (start, end) = (first >> 6, last >> 6);
        if (start == end)
        {
            words[start] &= ~(MaskFrom(first) & MaskTo(last));
            return;
        }

        words[start] &= ~MaskFrom(first);
        words[(start + 1)..end].Clear();
        words[end] &= ~MaskTo(last);
    }

    /// <summary>
    /// Writes the offsets of the set bits plus <paramref name="first"/>, ascending and from offset <paramref name="from"/> on, until
    /// <paramref name="numbers"/> is full; returns the number written.
    /// </summary>
    public static int Enumerate(ReadOnlySpan<ulong> words, int first, int from, Span<int> numbers)
    {
        var written = 0;
        for (var i = from >> 6; i < words.Length && written < numbers.Length; i++)
        {
            var ordered = BinaryPrimitives.ReverseEndianness(words[i]);
            if (i == from >> 6)
            {
                ordered &= ulong.MaxValue >> (from & 63);
            }

            for (var start = first + (i * 64); ordered != 0 && written < numbers.Length; written++)
            {
                var bit = BitOperations.LeadingZeroCount(ordered);
                numbers[written] = start + bit;
                ordered &= ~(0x8000_0000_0000_0000 >> bit);
            }
        }

        return written;
    }

    /// <summary>Writes the offsets of the set bits, ascending, until <paramref name="offsets"/> is full.</summary>
    public static void Enumerate(ReadOnlySpan<ulong> words, Span<ushort> offsets)
    {
        var written = 0;
        for (var i = 0; i < words.Length && written < offsets.Length; i++)
        {
            for (var ordered = BinaryPrimitives.ReverseEndianness(words[i]); ordered != 0 && written < offsets.Length; written++)
            {
                var bit = BitOperations.LeadingZeroCount(ordered);
                offsets[written] = (ushort)((i * 64) + bit);
                ordered &= ~(0x8000_0000_0000_0000 >> bit);
            }
        }
    }

    /// <summary>Writes the first and the last offset of each run of consecutive bits; there must be room for all.</summary>
    public static void EnumerateRuns(ReadOnlySpan<ulong> words, Span<ushort> bounds)
    {
        var (written, inRun) = (0, false);
        for (var i = 0; i < words.Length; i++)
        {
            // A bound is where the bits change; a run ends one bit earlier.
            var ordered = BinaryPrimitives.ReverseEndianness(words[i]);
            for (var turns = ordered ^ ((ordered >> 1) | (inRun ? 0x8000_0000_0000_0000 : 0)); turns != 0; written++)
            {
                var bit = BitOperations.LeadingZeroCount(turns);
                bounds[written] = (ushort)((i * 64) + bit - (written & 1));
                turns &= ~(0x8000_0000_0000_0000 >> bit);
            }

            inRun = (ordered & 1) != 0;
        }

        if (inRun)
        {
            bounds[written] = (ushort)((words.Length * 64) - 1);
        }
    }

    /// <summary>Converts a word whose lowest bit comes first into a chunk's word, where the highest bit of each byte comes first.</summary>
    public static ulong FromLowestFirst(ulong word)
    {
        word = ((word >> 1) & 0x5555_5555_5555_5555) | ((word & 0x5555_5555_5555_5555) << 1);
        word = ((word >> 2) & 0x3333_3333_3333_3333) | ((word & 0x3333_3333_3333_3333) << 2);
        return ((word >> 4) & 0x0F0F_0F0F_0F0F_0F0F) | ((word & 0x0F0F_0F0F_0F0F_0F0F) << 4);
    }

    // The bits of a word from an offset on, and up to an offset.
    private static ulong MaskFrom(int offset) => BinaryPrimitives.ReverseEndianness(ulong.MaxValue >> (offset & 63));

    private static ulong MaskTo(int offset) => BinaryPrimitives.ReverseEndianness(ulong.MaxValue << (63 - (offset & 63)));

    private static Span<Vector<ulong>> Wide(Span<ulong> words) => MemoryMarshal.Cast<ulong, Vector<ulong>>(words[..ChunkLayout.Words]);

    private static ReadOnlySpan<Vector<ulong>> Wide(ReadOnlySpan<ulong> words) =>
        MemoryMarshal.Cast<ulong, Vector<ulong>>(words[..ChunkLayout.Words]);
}
