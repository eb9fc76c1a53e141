using TagSegments.Bitmaps;

namespace TagSegments.Segments.Index;

/// <summary>
/// When something was for each contact, as ticks in UTC, 0 for never: an immutable column in chunks like those of bitmaps. Two versions share
/// the chunks in which they do not differ.
/// </summary>
internal sealed class ContactTimes
{
    /// <summary>The column in which nothing ever was for anybody.</summary>
    public static readonly ContactTimes Empty = new([]);

    private readonly TimesChunk[] _chunks;

    private ContactTimes(TimesChunk[] chunks)
    {
        _chunks = chunks;
        Latest = chunks.Length == 0 ? 0 : chunks.Max(chunk => chunk.Latest);
    }

    /// <summary>The latest time of all; 0 if there is none.</summary>
    public long Latest { get; }

    /// <summary>The bytes that the column takes in memory, roughly.</summary>
    public long Bytes => _chunks.Sum(chunk => 96L + (chunk.Times.Length * (sizeof(long) + sizeof(ushort))));

    /// <summary>Makes a column that differs in some chunks, of which all times are given.</summary>
    public ContactTimes With(IReadOnlyDictionary<int, long[]> touched)
    {
        var chunks = new TimesChunk[Math.Max(_chunks.Length, touched.Keys.Append(-1).Max() + 1)];
        for (var i = 0; i < chunks.Length; i++)
        {
            chunks[i] = touched.TryGetValue(i, out var times) ? new TimesChunk(times) : i < _chunks.Length ? _chunks[i] : TimesChunk.None;
        }

        return new ContactTimes(chunks);
    }

    /// <summary>Copies the times of a chunk.</summary>
    public long[] Copy(int chunk) =>
        chunk < _chunks.Length && _chunks[chunk].Times.Length > 0 ? [.. _chunks[chunk].Times] : new long[ChunkLayout.Bits];

    /// <summary>Whether no time in a chunk lies in a span.</summary>
    public bool IsEmpty(int chunk, long from, long until) =>
        chunk >= _chunks.Length || _chunks[chunk].Latest < from || _chunks[chunk].Earliest >= until;

    /// <summary>Writes the contacts of a chunk whose time lies in a span.</summary>
    public void CopyTo(int chunk, long from, long until, Span<ulong> words)
    {
        words.Clear();
        if (IsEmpty(chunk, from, until))
        {
            return;
        }

        var part = _chunks[chunk];
        for (var word = 0; word < words.Length; word++)
        {
            words[word] = part.Word(word, from, until);
        }
    }

    /// <summary>Removes the contacts whose time does not lie in a span: looks at those only that are still in.</summary>
    public void AndInto(int chunk, long from, long until, Span<ulong> words)
    {
        if (IsEmpty(chunk, from, until))
        {
            words.Clear();
            return;
        }

        var part = _chunks[chunk];
        for (var word = 0; word < words.Length; word++)
        {
            if (words[word] != 0)
            {
                words[word] &= part.Word(word, from, until);
            }
        }
    }
}
