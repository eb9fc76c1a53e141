using System.Buffers.Binary;
using TagSegments.Bitmaps;

namespace TagSegments.Segments.Index;

/// <summary>
/// The holders of a tag at one position of the account's clock, as kept in Redis: a value that describes itself. Layout: magic and format
/// (8 bytes), account, tag (4 each), position (8), nonce (16), count (4), the set, a checksum of all of it.
/// </summary>
internal sealed record TagEntry(int AccountId, int TagId, ClockPosition At, Bitmap Contacts)
{
    private const ulong MagicAndFormat = 0x01_6761_7453_6554; // "TeStag", format 1
    private const int HeaderLength = 44;

    /// <summary>Writes the entry.</summary>
    public byte[] Encode()
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        BinaryPrimitives.WriteUInt64LittleEndian(header, MagicAndFormat);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], AccountId);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], TagId);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], At.Pos);
        At.Nonce.TryWriteBytes(header[24..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[40..], Contacts.Count);
        return BitmapCodec.Encode(Contacts, header);
    }

    /// <summary>Reads an entry; null unless it is undamaged and the requested one. Whether it is true depends on the clock.</summary>
    public static TagEntry? TryDecode(ReadOnlySpan<byte> bytes, int accountId, int tagId)
    {
        if (bytes.Length < HeaderLength
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes) != MagicAndFormat
            || BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]) != accountId
            || BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]) != tagId
            || BitmapCodec.TryDecode(bytes, HeaderLength) is not { } contacts
            || contacts.Count != BinaryPrimitives.ReadInt32LittleEndian(bytes[40..]))
        {
            return null;
        }

        var at = new ClockPosition(BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]), new Guid(bytes.Slice(24, 16)));
        return new TagEntry(accountId, tagId, at, contacts);
    }
}
