using System.IO.Compression;
using Crm.Errors.V1;
using Grpc.Core;
using Grpc.Net.Compression;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Pipeline;

/// <summary>
/// Reads compressed messages, and answers bytes that are not what their header says with INVALID_ARGUMENT and reason MALFORMED_MESSAGE. Alone,
/// <paramref name="inner"/> throws, which Grpc.AspNetCore answers with UNKNOWN before an interceptor sees it.
/// </summary>
internal sealed class StrictCompression(ICompressionProvider inner) : ICompressionProvider
{
    public string EncodingName => inner.EncodingName;

    public Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) => inner.CreateCompressionStream(stream, compressionLevel);

    public Stream CreateDecompressionStream(Stream stream) => new StrictStream(inner.CreateDecompressionStream(stream), EncodingName);

    private sealed class StrictStream(Stream inner, string encoding) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            try
            {
                return inner.Read(buffer);
            }
            catch (InvalidDataException e)
            {
                throw RpcErrors.Create(
                    StatusCode.InvalidArgument, ErrorReason.MalformedMessage, $"The request is not compressed with {encoding}, as its header says: {e.Message}");
            }
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
