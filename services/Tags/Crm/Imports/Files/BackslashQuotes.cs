namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>Reads UTF-8 in which a backslash marks a quote within quotes, as MySQL writes it, with doubled quotes instead.</summary>
internal sealed class BackslashQuotes(Stream source) : Stream
{
    private const byte Backslash = (byte)'\\';
    private readonly byte[] _part = new byte[32 * 1024];
    private bool _marked;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        // A byte becomes two at most. A lone backslash may give nothing yet.
        for (var written = 0; ;)
        {
            var read = source.Read(_part.AsSpan(0, Math.Clamp(buffer.Length / 2, 1, _part.Length)));
            foreach (var one in _part.AsSpan(0, read))
            {
                written += Write(buffer[written..], one);
            }

            if (written > 0 || read == 0)
            {
                return written;
            }
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Write(Span<byte> to, byte one)
    {
        if (!_marked)
        {
            _marked = one == Backslash;
            to[0] = one;
            return _marked ? 0 : 1;
        }

        _marked = false;
        if (one == Backslash)
        {
            to[0] = one;
            return 1;
        }

        (to[0], to[1]) = (one == (byte)'"' ? one : Backslash, one);
        return 2;
    }
}
