using System.Runtime.Intrinsics;
using TagSegments.Bitmaps;

namespace TagSegments.Segments.Index;

/// <summary>
/// When something was last recorded for each contact, as ticks in UTC, 0 for never: an immutable column in chunks like those of bitmaps.
/// Two versions share the chunks in which they do not differ.
/// </summary>
internal sealed class ActivityColumn
{
    /// <summary>The column in which nothing was ever recorded for anybody.</summary>
    public static readonly ActivityColumn Empty = new([]);

    private readonly Part[] _chunks;

    private ActivityColumn(Part[] chunks) => _chunks = chunks;

    /// <summary>How many contacts have a time.</summary>
    public int Count => _chunks.Sum(chunk => chunk.Count);

    /// <summary>Makes a column that differs for some contacts.</summary>
    public ActivityColumn With(IEnumerable<(int ContactId, long Ticks)> changes)
    {
        var touched = new Dictionary<int, long[]>();
        foreach (var (contactId, ticks) in changes)
        {
            var chunk = ChunkLayout.ChunkOf(contactId);
            if (!touched.TryGetValue(chunk, out var times))
            {
                touched[chunk] = times = chunk < _chunks.Length && _chunks[chunk].Times.Length > 0
                    ? [.. _chunks[chunk].Times]
                    : new long[ChunkLayout.Bits];
            }

            times[ChunkLayout.OffsetOf(contactId)] = ticks;
        }

        var chunks = new Part[Math.Max(_chunks.Length, touched.Keys.Append(-1).Max() + 1)];
        for (var i = 0; i < chunks.Length; i++)
        {
            chunks[i] = touched.TryGetValue(i, out var times) ? new Part(times) : i < _chunks.Length ? _chunks[i] : Part.None;
        }

        return new ActivityColumn(chunks);
    }

    /// <summary>Whether nothing was recorded since an instant for anybody in a chunk.</summary>
    public bool IsEmpty(int chunk, long since) => chunk >= _chunks.Length || _chunks[chunk].Latest < since;

    /// <summary>Writes the contacts of a chunk for whom something was recorded since an instant.</summary>
    public void CopyTo(int chunk, long since, Span<ulong> words)
    {
        words.Clear();
        if (IsEmpty(chunk, since))
        {
            return;
        }

        var times = _chunks[chunk].Times.AsSpan();
        for (var word = 0; word < words.Length; word++)
        {
            words[word] = Word(times.Slice(word * 64, 64), since);
        }
    }

    /// <summary>Removes the contacts for whom nothing was recorded since an instant: looks at those only that are still in.</summary>
    public void AndInto(int chunk, long since, Span<ulong> words)
    {
        if (IsEmpty(chunk, since))
        {
            words.Clear();
            return;
        }

        var times = _chunks[chunk].Times.AsSpan();
        for (var word = 0; word < words.Length; word++)
        {
            if (words[word] != 0)
            {
                words[word] &= Word(times.Slice(word * 64, 64), since);
            }
        }
    }

    // Eight comparisons at a time make a byte, lowest bit first; chunks have the highest bit first.
    private static ulong Word(ReadOnlySpan<long> times, long since)
    {
        var bound = Vector512.Create(since);
        var word = 0UL;
        for (var i = 0; i < 64; i += 8)
        {
            word |= Vector512.GreaterThanOrEqual(Vector512.Create(times.Slice(i, 8)), bound).ExtractMostSignificantBits() << i;
        }

        word = ((word >> 1) & 0x5555_5555_5555_5555) | ((word & 0x5555_5555_5555_5555) << 1);
        word = ((word >> 2) & 0x3333_3333_3333_3333) | ((word & 0x3333_3333_3333_3333) << 2);
        return ((word >> 4) & 0x0F0F_0F0F_0F0F_0F0F) | ((word & 0x0F0F_0F0F_0F0F_0F0F) << 4);
    }

    /// <summary>The times of one chunk; no times at all where nobody has one.</summary>
    private sealed class Part(long[] times)
    {
        public static readonly Part None = new([]);

        public long[] Times => times;

        public long Latest { get; } = times.Length == 0 ? long.MinValue : times.Max();

        public int Count => times.Count(ticks => ticks > 0);
    }
}
