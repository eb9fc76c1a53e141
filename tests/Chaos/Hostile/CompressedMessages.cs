using System.IO.Compression;
using System.Text;
using Grpc.Net.Compression;

namespace TagSegments.Chaos.Hostile;

/// <summary>Messages that claim to be compressed with gzip: bombs, halves and what is none. They are sent as they are, see <see cref="AsItIs"/>.</summary>
internal static class CompressedMessages
{
    private static readonly Lazy<byte[]> s_bomb = new(() => Compress(256 * 1024 * 1024));

    public static IReadOnlyList<(string Name, Lazy<byte[]> Message)> All { get; } =
    [
        ("gzip bomb", s_bomb),
        ("gzip of 3 MB", new(() => Compress(3 * 1024 * 1024))),
        ("half a gzip bomb", new(() => s_bomb.Value[..(s_bomb.Value.Length / 2)])),
        ("half a small gzip", new(() => Compress(1_000)[..20])),
        ("no gzip", new(() => Encoding.ASCII.GetBytes(new string('x', 1_000)))),
        ("empty gzip", new(() => [])),
        ("gzip twice", new(() => Compress(Compress(1_000)))),
    ];

    /// <summary>Names itself gzip and compresses nothing.</summary>
    public sealed class AsItIs : ICompressionProvider
    {
        public string EncodingName => "gzip";

        public Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) => new Kept(stream);

        public Stream CreateDecompressionStream(Stream stream) => new GZipStream(stream, CompressionMode.Decompress);
    }

    // A message whose one field is a long text.
    private static byte[] Compress(int size)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            using var message = new Google.Protobuf.CodedOutputStream(gzip, leaveOpen: true);
            message.WriteTag(1, Google.Protobuf.WireFormat.WireType.LengthDelimited);
            message.WriteLength(size);
            message.Flush();
            var part = new byte[64 * 1024];
            for (var left = size; left > 0; left -= part.Length)
            {
                gzip.Write(part.AsSpan(0, Math.Min(left, part.Length)));
            }
        }

        return packed.ToArray();
    }

    private static byte[] Compress(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    // The caller disposes the compressing stream, but goes on to use the one below it.
    private sealed class Kept(Stream inner) : MemoryStream
    {
        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                WriteTo(inner);
            }

            base.Dispose(disposing);
        }
    }
}
