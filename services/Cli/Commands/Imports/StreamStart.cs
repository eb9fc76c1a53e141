using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;

namespace TagSegments.Cli.Commands.Imports;

/// <summary>Looks at the beginning of a stream that cannot be read twice.</summary>
internal static class StreamStart
{
    /// <summary>Opens standard input; what is compressed with gzip is decompressed.</summary>
    public static Stream OfInput() => Decompressed(Console.OpenStandardInput());

    /// <summary>Decompresses a stream if it is compressed with gzip.</summary>
    public static Stream Decompressed(Stream input)
    {
        var (start, whole) = Of(input, 2);
        return start is [0x1F, 0x8B, ..] ? new GZipStream(whole, CompressionMode.Decompress) : whole;
    }

    /// <summary>Returns at most so many first bytes of a stream, and a stream that has them all the same.</summary>
    public static (byte[] Start, Stream Whole) Of(Stream input, int length)
    {
        var reader = PipeReader.Create(input);
        // No other thread is needed to go on: whoever calls has nothing else to do.
        var read = reader.ReadAtLeastAsync(length).AsTask().GetAwaiter().GetResult();
        var start = read.Buffer.Slice(0, Math.Min(length, read.Buffer.Length)).ToArray();
        reader.AdvanceTo(read.Buffer.Start, read.Buffer.Start);
        return (start, reader.AsStream());
    }
}
