using TagSegments.Bitmaps;

namespace TagSegments.Segments.Evaluation.Plans;

/// <summary>
/// A part of the plan that is read both by itself and within a larger part. It keeps the last chunk that it computed, so a pass over all nodes
/// chunk by chunk computes each once.
/// </summary>
internal sealed class ChunkNode(PlanNode part) : PlanNode
{
    private readonly ulong[] _words = new ulong[ChunkLayout.Words];
    private int _chunk = -1;

    public override long Estimate => part.Estimate;

    public override bool IsEmpty(int chunk) => part.IsEmpty(chunk);

    /// <summary>Gets the contacts of a chunk, until another chunk is asked for.</summary>
    public ReadOnlySpan<ulong> Words(int chunk)
    {
        if (chunk != _chunk)
        {
            part.CopyTo(chunk, _words);
            _chunk = chunk;
        }

        return _words;
    }

    public override void CopyTo(int chunk, Span<ulong> words) => Words(chunk).CopyTo(words);

    public override void AndInto(int chunk, Span<ulong> words) => ChunkWords.And(words, Words(chunk));

    public override void AndNotInto(int chunk, Span<ulong> words) => ChunkWords.AndNot(words, Words(chunk));

    public override void OrInto(int chunk, Span<ulong> words) => ChunkWords.Or(words, Words(chunk));
}
