namespace TagSegments.Segments.Evaluation.Plans;

/// <summary>
/// A node of a plan: computes the contacts of one chunk at a time, into and with buffers of <see cref="Bitmaps.ChunkLayout.Words"/> words.
/// Nothing as large as an account is allocated.
/// </summary>
internal abstract class PlanNode
{
    /// <summary>A guess of how many contacts match: members of an AND are taken in this order.</summary>
    public abstract long Estimate { get; }

    /// <summary>Whether no contact of a chunk can match; true is certain, false is not.</summary>
    public abstract bool IsEmpty(int chunk);

    /// <summary>Writes the contacts of a chunk, over the content of the buffer.</summary>
    public abstract void CopyTo(int chunk, Span<ulong> words);

    /// <summary>Counts the contacts of a chunk; overwrites the buffer.</summary>
    public virtual int Count(int chunk, Span<ulong> words)
    {
        CopyTo(chunk, words);
        return Bitmaps.ChunkWords.Count(words);
    }

    /// <summary>Counts the contacts in the buffer that match; overwrites the buffer.</summary>
    public virtual int CountIn(int chunk, Span<ulong> words)
    {
        AndInto(chunk, words);
        return Bitmaps.ChunkWords.Count(words);
    }

    /// <summary>Keeps the contacts that match.</summary>
    public virtual void AndInto(int chunk, Span<ulong> words)
    {
        using var own = ChunkBuffers.Current.Take();
        CopyTo(chunk, own.Words);
        Bitmaps.ChunkWords.And(words, own.Words);
    }

    /// <summary>Removes the contacts that match.</summary>
    public virtual void AndNotInto(int chunk, Span<ulong> words)
    {
        using var own = ChunkBuffers.Current.Take();
        CopyTo(chunk, own.Words);
        Bitmaps.ChunkWords.AndNot(words, own.Words);
    }

    /// <summary>Adds the contacts that match.</summary>
    public virtual void OrInto(int chunk, Span<ulong> words)
    {
        using var own = ChunkBuffers.Current.Take();
        CopyTo(chunk, own.Words);
        Bitmaps.ChunkWords.Or(words, own.Words);
    }
}
