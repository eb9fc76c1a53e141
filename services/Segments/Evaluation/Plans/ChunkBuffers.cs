using TagSegments.Bitmaps;

namespace TagSegments.Segments.Evaluation.Plans;

/// <summary>Buffers of one chunk each for the intermediate results of a plan, taken and given back in stack order. One stack per thread.</summary>
internal sealed class ChunkBuffers
{
    [ThreadStatic]
    private static ChunkBuffers? t_current;

    private readonly List<ulong[]> _buffers = [];
    private int _used;

    /// <summary>The stack of this thread.</summary>
    public static ChunkBuffers Current => t_current ??= new ChunkBuffers();

    /// <summary>Takes a buffer without clearing it; dispose the lease to give it back.</summary>
    public Lease Take()
    {
        if (_used == _buffers.Count)
        {
            _buffers.Add(new ulong[ChunkLayout.Words]);
        }

        return new Lease(this, _buffers[_used++]);
    }

    /// <summary>A buffer in use.</summary>
    public readonly ref struct Lease(ChunkBuffers owner, ulong[] words)
    {
        /// <summary>The words.</summary>
        public Span<ulong> Words => words;

        /// <summary>Gives the buffer back.</summary>
        public void Dispose() => owner._used--;
    }
}
