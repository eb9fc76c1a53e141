using TagSegments.Bitmaps;

namespace TagSegments.Segments.Evaluation.Plans;

/// <summary>
/// A part of the plan that several others use, such as a segment within segments. Each chunk is computed once, so a plan takes no more time
/// than its parts, however often they refer to each other.
/// </summary>
internal sealed class MemoNode(PlanNode part) : PlanNode
{
    private readonly Dictionary<int, BitChunk> _chunks = [];

    public override long Estimate => part.Estimate;

    public override bool IsEmpty(int chunk) => this[chunk].Count == 0;

    private BitChunk this[int chunk]
    {
        get
        {
            if (!_chunks.TryGetValue(chunk, out var result))
            {
                using var words = ChunkBuffers.Current.Take();
                part.CopyTo(chunk, words.Words);
                _chunks[chunk] = result = BitChunk.From(words.Words);
            }

            return result;
        }
    }

    public override void CopyTo(int chunk, Span<ulong> words) => this[chunk].CopyTo(words);

    public override void AndInto(int chunk, Span<ulong> words) => this[chunk].AndInto(words);

    public override void AndNotInto(int chunk, Span<ulong> words) => this[chunk].AndNotInto(words);

    public override void OrInto(int chunk, Span<ulong> words) => this[chunk].OrInto(words);
}
