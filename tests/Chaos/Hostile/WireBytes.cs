using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using TagSegments.Testing.EveryCall;
using TagSegments.Testing.HostileTexts;

namespace TagSegments.Chaos.Hostile;

/// <summary>Messages as bytes, with what no .NET text can hold put in afterwards: parts of the same length, so that the rest stays true.</summary>
internal static class WireBytes
{
    private static readonly byte[] s_surrogate = Encoding.UTF8.GetBytes(PlainTexts.LoneSurrogate.ToString());
    private static readonly byte[] s_noUtf8 = Encoding.UTF8.GetBytes(PlainTexts.NoUtf8.ToString());

    public static byte[] Of(IMessage message)
    {
        var bytes = message.ToByteArray();
        Replace(bytes, s_surrogate, [0xED, 0xA0, 0x80]);
        Replace(bytes, s_noUtf8, [0xFF, 0xC3, 0x28]);
        return bytes;
    }

    /// <summary>A message of which only one field of bytes is set.</summary>
    public static byte[] Of(ApiCall call, FieldDescriptor field, byte[] content)
    {
        var message = call.Descriptor.InputType.Parser.ParseFrom(ByteString.Empty);
        field.Accessor.SetValue(message, UnsafeByteOperations.UnsafeWrap(content));
        return message.ToByteArray();
    }

    private static void Replace(Span<byte> bytes, ReadOnlySpan<byte> old, ReadOnlySpan<byte> other)
    {
        for (int at; (at = bytes.IndexOf(old)) >= 0; bytes = bytes[(at + old.Length)..])
        {
            other.CopyTo(bytes[at..]);
        }
    }
}
