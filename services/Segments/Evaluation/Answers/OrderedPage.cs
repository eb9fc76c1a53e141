using System.Numerics;
using System.Runtime.Intrinsics;
using TagSegments.Bitmaps;

namespace TagSegments.Segments.Evaluation.Answers;

/// <summary>
/// The values of some successive contacts, 0 for none; no values at all if no contact has one. Each is kept with its place on a scale
/// of at most 32,768 steps from the lowest to the highest: two bytes, which decide everything but the values in the step of the bound itself.
/// </summary>
internal sealed class OrderedPage
{
    /// <summary>The number of contacts of a page: small, because a page is made again when one of its values changes.</summary>
    public const int Size = 2_048;

    /// <summary>The words that the contacts of a page take in a chunk.</summary>
    public const int Words = Size / 64;

    /// <summary>The page without any value.</summary>
    public static readonly OrderedPage None = new([]);

    private readonly ushort[] _steps;
    private readonly int _shift;

    public OrderedPage(long[] values)
    {
        Values = values;
        (Lowest, Highest) = Bounds(values);
        _shift = Highest == 0 ? 0 : Math.Max(0, 64 - BitOperations.LeadingZeroCount((ulong)(Highest - Lowest)) - 15);
        _steps = Array.ConvertAll(values, value => value > 0 ? StepOf(value) : (ushort)0);
    }

    /// <summary>The values.</summary>
    public long[] Values { get; }

    /// <summary>The lowest value; higher than everything if there is none.</summary>
    public long Lowest { get; }

    /// <summary>The highest value; 0 if there is none.</summary>
    public long Highest { get; }

    /// <summary>Whether no value lies in a span.</summary>
    public bool IsEmpty(long from, long until) => Highest < from || Lowest >= until;

    /// <summary>Gets which of 64 contacts have a value in a span, in the order of bits of a chunk.</summary>
    // Most spans have at most one end in each page: the other end is below or above all its values.
    public ulong Word(int word, long from, long until) =>
        until > Highest ? From(word, from) : From(word, from) & ~From(word, until);

    private static (long Lowest, long Highest) Bounds(long[] values)
    {
        var (lowest, highest) = (long.MaxValue, 0L);
        foreach (var value in values)
        {
            if (value > 0)
            {
                (lowest, highest) = (Math.Min(lowest, value), Math.Max(highest, value));
            }
        }

        return (lowest, highest);
    }

    // Starts at 1: 0 stands for none.
    private ushort StepOf(long value) => (ushort)(1 + ((value - Lowest) >> _shift));

    private ulong From(int word, long from)
    {
        if (from > Highest)
        {
            return 0;
        }

        var bound = Vector512.Create(from <= Lowest ? (ushort)1 : StepOf(from));
        var (low, high) = (Vector512.LoadUnsafe(ref _steps[word * 64]), Vector512.LoadUnsafe(ref _steps[(word * 64) + 32]));
        var above = Bits(Vector512.GreaterThan(low, bound), Vector512.GreaterThan(high, bound));
        var same = Bits(Vector512.Equals(low, bound), Vector512.Equals(high, bound));
        if (from <= Lowest)
        {
            return ChunkWords.FromLowestFirst(above | same);
        }

        for (; same != 0; same &= same - 1)
        {
            var i = BitOperations.TrailingZeroCount(same);
            above |= Values[(word * 64) + i] >= from ? 1UL << i : 0;
        }

        return ChunkWords.FromLowestFirst(above);
    }

    private static ulong Bits(Vector512<ushort> low, Vector512<ushort> high) =>
        low.ExtractMostSignificantBits() | (high.ExtractMostSignificantBits() << 32);
}
