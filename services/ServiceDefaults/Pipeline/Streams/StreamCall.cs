using Grpc.Core;

namespace TagSegments.ServiceDefaults.Pipeline.Streams;

/// <summary>The call of a stream as its handler sees it.</summary>
internal sealed class StreamCall(ServerCallContext inner, OpenStream stream, CancellationToken end) : BoundedCall(inner, end)
{
    /// <summary>Counts memory that the handler keeps until the stream ends.</summary>
    public void Keep(long bytes) => stream.Keep(bytes);
}
