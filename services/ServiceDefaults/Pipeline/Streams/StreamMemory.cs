using Grpc.Core;

namespace TagSegments.ServiceDefaults.Pipeline.Streams;

/// <summary>Counts what handlers keep in memory for as long as their streams are read.</summary>
public static class StreamMemory
{
    /// <summary>
    /// Counts an answer that is kept until its stream ends, together with the messages that wait for the readers of the account. Throws
    /// RESOURCE_EXHAUSTED if that is too much.
    /// </summary>
    public static void KeepInMemory(this ServerCallContext context, long bytes) => (context as StreamCall)?.Keep(bytes);
}
