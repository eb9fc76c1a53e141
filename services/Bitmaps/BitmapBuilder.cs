using System.Runtime.InteropServices;

namespace TagSegments.Bitmaps;

/// <summary>Builds a set from whole chunks in any order.</summary>
public sealed class BitmapBuilder
{
    private BitChunk[] _chunks = [];
    private int _count;

    /// <summary>Adds a chunk given as <see cref="ChunkLayout.Bytes"/> bytes; each chunk once.</summary>
    public void Add(int chunk, ReadOnlySpan<byte> bits)
    {
        var made = BitChunk.From(MemoryMarshal.Cast<byte, ulong>(bits));
        if (made.Count == 0)
        {
            return;
        }

        if (chunk >= _chunks.Length)
        {
            Array.Resize(ref _chunks, Math.Max(chunk + 1, _chunks.Length * 2));
        }

        _chunks[chunk] = made;
        _count = Math.Max(_count, chunk + 1);
    }

    /// <summary>Returns the set.</summary>
    public Bitmap ToBitmap()
    {
        var chunks = _chunks[.._count];
        for (var i = 0; i < chunks.Length; i++)
        {
            chunks[i] ??= BitChunk.Empty;
        }

        return new Bitmap(chunks);
    }
}
