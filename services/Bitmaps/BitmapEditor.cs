using System.Runtime.InteropServices;

namespace TagSegments.Bitmaps;

/// <summary>Builds a changed copy of a set that shares every unchanged chunk with it. Not thread-safe.</summary>
public sealed class BitmapEditor(Bitmap original)
{
    private readonly Dictionary<int, ulong[]> _touched = [];

    // Consecutive changes mostly concern the same chunk.
    private int _lastChunk = -1;
    private ulong[] _lastWords = [];

    /// <summary>Adds a number.</summary>
    public void Add(int number) => ChunkWords.Set(Words(ChunkLayout.ChunkOf(number)), ChunkLayout.OffsetOf(number));

    /// <summary>Removes a number.</summary>
    public void Remove(int number) => ChunkWords.Clear(Words(ChunkLayout.ChunkOf(number)), ChunkLayout.OffsetOf(number));

    /// <summary>Adds the bits of a chunk given as <see cref="ChunkLayout.Bytes"/> bytes.</summary>
    public void Add(int chunk, ReadOnlySpan<byte> bits) => ChunkWords.Or(Words(chunk), MemoryMarshal.Cast<byte, ulong>(bits));

    /// <summary>Removes the bits of a chunk given as <see cref="ChunkLayout.Bytes"/> bytes.</summary>
    public void Remove(int chunk, ReadOnlySpan<byte> bits) => ChunkWords.AndNot(Words(chunk), MemoryMarshal.Cast<byte, ulong>(bits));

    /// <summary>Gets the words of a chunk to write to.</summary>
    public Span<ulong> Words(int chunk)
    {
        if (chunk == _lastChunk)
        {
            return _lastWords;
        }

        if (!_touched.TryGetValue(chunk, out var words))
        {
            words = new ulong[ChunkLayout.Words];
            original[chunk].CopyTo(words);
            _touched[chunk] = words;
        }

        (_lastChunk, _lastWords) = (chunk, words);
        return words;
    }

    /// <summary>Returns the changed set.</summary>
    public Bitmap ToBitmap()
    {
        if (_touched.Count == 0)
        {
            return original;
        }

        var chunks = new BitChunk[Math.Max(original.ChunkCount, _touched.Keys.Max() + 1)];
        for (var i = 0; i < chunks.Length; i++)
        {
            chunks[i] = _touched.TryGetValue(i, out var words) ? BitChunk.From(words) : original[i];
        }

        var used = chunks.Length;
        while (used > 0 && chunks[used - 1].Count == 0)
        {
            used--;
        }

        return new Bitmap(chunks[..used]);
    }
}
