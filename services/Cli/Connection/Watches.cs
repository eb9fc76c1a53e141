using System.Runtime.CompilerServices;
using Grpc.Core;

namespace TagSegments.Cli.Connection;

/// <summary>Reads streams that wait for news.</summary>
internal static class Watches
{
    /// <summary>Reads a stream to its end. One that has lasted as long as a stream may is opened again.</summary>
    public static async IAsyncEnumerable<T> ReadAsync<T>(Func<AsyncServerStreamingCall<T>> open, [EnumeratorCancellation] CancellationToken ct)
    {
        bool? hasNext;
        do
        {
            using var call = open();
            while ((hasNext = await MoveNextAsync(call.ResponseStream, ct)) == true)
                yield return call.ResponseStream.Current;
        }
        while (hasNext is null);
    }

    // Null asks for another stream.
    private static async Task<bool?> MoveNextAsync<T>(IAsyncStreamReader<T> responses, CancellationToken ct)
    {
        try
        {
            return await responses.MoveNext(ct);
        }
        catch (RpcException e) when (e.HasReason("STREAM_EXPIRED"))
        {
            return null;
        }
    }
}
