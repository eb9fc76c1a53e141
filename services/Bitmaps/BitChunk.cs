using System.Runtime.CompilerServices;

namespace TagSegments.Bitmaps;

/// <summary>
/// An immutable set of the numbers 0 to 16,383 in the smallest of four forms: full, a sorted list, runs or plain bits. Operations write
/// to uncompressed buffers of <see cref="ChunkLayout.Words"/> words.
/// </summary>
public abstract class BitChunk
{
    /// <summary>The chunk without bits.</summary>
    public static readonly BitChunk Empty = new ListChunk([]);

    /// <summary>The chunk with all bits.</summary>
    public static readonly BitChunk Full = new RunChunk([0, ChunkLayout.Bits - 1], ChunkLayout.Bits);

    private protected BitChunk(int count) => Count = count;

    /// <summary>The number of set bits.</summary>
    public int Count { get; }

    /// <summary>The greatest offset; undefined for an empty chunk.</summary>
    public abstract int Last { get; }

    /// <summary>The approximate size of the chunk in memory, in bytes.</summary>
    public abstract int Bytes { get; }

    /// <summary>Creates a chunk from uncompressed words, in the form that takes the least memory.</summary>
    public static BitChunk From(ReadOnlySpan<ulong> words)
    {
        var count = ChunkWords.Count(words);
        if (count is 0 or ChunkLayout.Bits)
        {
            return count == 0 ? Empty : Full;
        }

        var runBytes = ChunkWords.CountRuns(words) * 2 * sizeof(ushort);
        var listBytes = count * sizeof(ushort);
        return Math.Min(runBytes, listBytes) >= ChunkLayout.Bytes ? new PlainChunk(words.ToArray(), count)
            : listBytes <= runBytes ? ListChunk.From(words, count)
            : RunChunk.From(words, count, runBytes / (2 * sizeof(ushort)));
    }

    /// <summary>Tests one bit.</summary>
    public abstract bool Contains(int offset);

    /// <summary>Counts the bits that are also in a buffer.</summary>
    public abstract int CountIn(ReadOnlySpan<ulong> words);

    /// <summary>Overwrites a buffer with the bits.</summary>
    public virtual void CopyTo(Span<ulong> words)
    {
        words[..ChunkLayout.Words].Clear();
        OrInto(words);
    }

    /// <summary>Adds the bits to a buffer.</summary>
    public abstract void OrInto(Span<ulong> words);

    /// <summary>Removes from a buffer the bits that are not in this chunk.</summary>
    [SkipLocalsInit]
    public virtual void AndInto(Span<ulong> words)
    {
        Span<ulong> own = stackalloc ulong[ChunkLayout.Words];
        CopyTo(own);
        ChunkWords.And(words, own);
    }

    /// <summary>Removes the bits of this chunk from a buffer.</summary>
    [SkipLocalsInit]
    public virtual void AndNotInto(Span<ulong> words)
    {
        Span<ulong> own = stackalloc ulong[ChunkLayout.Words];
        CopyTo(own);
        ChunkWords.AndNot(words, own);
    }
}
