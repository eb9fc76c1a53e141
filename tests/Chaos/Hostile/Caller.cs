using Grpc.Core;
using Grpc.Net.Client;
using TagSegments.Chaos.Rig;
using TagSegments.Testing.EveryCall;

namespace TagSegments.Chaos.Hostile;

/// <summary>
/// A client that makes one call at a time on connections of its own: a server may answer a hostile message by closing the connection, which would
/// end the calls of others.
/// </summary>
internal sealed class Caller(ChaosRig rig) : IDisposable
{
    private static readonly TimeSpan s_endless = TimeSpan.FromMilliseconds(200);
    private readonly Dictionary<(Target Service, bool Compressed), GrpcChannel> _channels = [];

    /// <summary>Makes the call; <paramref name="deadline"/> does not hold for a stream that ends with its caller only.</summary>
    public async Task<CallResult> CallAsync(HostileRequest request, TimeSpan deadline)
    {
        var headers = request.Compressed ? new Metadata { { "grpc-internal-encoding-request", "gzip" } } : [];
        var options = new CallOptions(headers, DateTime.UtcNow + (request.Call.IsEndless ? s_endless : deadline));
        return await request.Call.CallAsync(Channel(request).CreateCallInvoker(), options, request.Messages);
    }

    public void Dispose()
    {
        foreach (var channel in _channels.Values)
        {
            channel.Dispose();
        }
    }

    private GrpcChannel Channel(HostileRequest request)
    {
        var service = request.Service;
        if (!_channels.TryGetValue((service, request.Compressed), out var channel))
        {
            channel = Open(service, request.Compressed);
            _channels.Add((service, request.Compressed), channel);
        }

        return channel;
    }

    private GrpcChannel Open(Target service, bool compressed) => GrpcChannel.ForAddress(rig.GrpcAddress(service), new GrpcChannelOptions
    {
        MaxReceiveMessageSize = null,
        CompressionProviders = compressed ? [new CompressedMessages.AsItIs()] : null,
    });
}
