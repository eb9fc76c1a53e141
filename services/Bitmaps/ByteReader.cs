namespace TagSegments.Bitmaps;

/// <summary>Reads bytes whose checksum has been verified.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;

    public byte ReadByte() => _bytes[_position++];

    public ReadOnlySpan<byte> Read(int count)
    {
        _position += count;
        return _bytes.Slice(_position - count, count);
    }

    public int ReadVarint()
    {
        var value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = ReadByte();
            value |= (next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
