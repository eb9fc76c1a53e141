using System.Numerics;
using System.Runtime.Intrinsics;
using TagSegments.Bitmaps;

namespace TagSegments.Segments.Evaluation.Answers;

/// <summary>
/// The times of some successive contacts, in ticks, 0 for never; no times at all if no contact has one. Each is kept with its place on a scale
/// of at most 32,768 steps from the earliest to the latest: two bytes, which decide everything but the times in the step of the bound itself.
/// </summary>
internal sealed class TimesPage
{
    /// <summary>The number of contacts of a page: small, because a page is made again when one of its times changes.</summary>
    public const int Size = 2_048;

    /// <summary>The words that the contacts of a page take in a chunk.</summary>
    public const int Words = Size / 64;

    /// <summary>The page without any time.</summary>
    public static readonly TimesPage None = new([]);

    private readonly ushort[] _steps;
    private readonly int _shift;

    public TimesPage(long[] times)
    {
        Times = times;
        (Earliest, Latest) = Bounds(times);
        _shift = Latest == 0 ? 0 : Math.Max(0, 64 - BitOperations.LeadingZeroCount((ulong)(Latest - Earliest)) - 15);
        _steps = Array.ConvertAll(times, ticks => ticks > 0 ? StepOf(ticks) : (ushort)0);
    }

    /// <summary>The times.</summary>
    public long[] Times { get; }

    /// <summary>The earliest time; later than everything if there is no time.</summary>
    public long Earliest { get; }

    /// <summary>The latest time; 0 if there is no time.</summary>
    public long Latest { get; }

    /// <summary>Whether no time lies in a span.</summary>
    public bool IsEmpty(long from, long until) => Latest < from || Earliest >= until;

    /// <summary>Gets which of 64 contacts have a time in a span, in the order of bits of a chunk.</summary>
    // Most spans have at most one end in each page: the other end is before or after all its times.
    public ulong Word(int word, long from, long until) =>
        until > Latest ? Since(word, from) : Since(word, from) & ~Since(word, until);

    private static (long Earliest, long Latest) Bounds(long[] times)
    {
        var (earliest, latest) = (long.MaxValue, 0L);
        foreach (var ticks in times)
        {
            if (ticks > 0)
            {
                (earliest, latest) = (Math.Min(earliest, ticks), Math.Max(latest, ticks));
            }
        }

        return (earliest, latest);
    }

    // Starts at 1: 0 stands for never.
    private ushort StepOf(long ticks) => (ushort)(1 + ((ticks - Earliest) >> _shift));

    private ulong Since(int word, long since)
    {
        if (since > Latest)
        {
            return 0;
        }

        var bound = Vector512.Create(since <= Earliest ? (ushort)1 : StepOf(since));
        var (low, high) = (Vector512.LoadUnsafe(ref _steps[word * 64]), Vector512.LoadUnsafe(ref _steps[(word * 64) + 32]));
        var above = Bits(Vector512.GreaterThan(low, bound), Vector512.GreaterThan(high, bound));
        for (var same = Bits(Vector512.Equals(low, bound), Vector512.Equals(high, bound)); same != 0; same &= same - 1)
        {
            var i = BitOperations.TrailingZeroCount(same);
            above |= Times[(word * 64) + i] >= since ? 1UL << i : 0;
        }

        return ChunkWords.FromLowestFirst(above);
    }

    private static ulong Bits(Vector512<ushort> low, Vector512<ushort> high) =>
        low.ExtractMostSignificantBits() | (high.ExtractMostSignificantBits() << 32);
}
