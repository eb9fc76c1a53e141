using Google.Protobuf;
using Google.Protobuf.Reflection;
using TagSegments.Testing.EveryCall;
using TagSegments.Testing.HostileTexts;

namespace TagSegments.Chaos.Hostile;

/// <summary>A request for a call, as bytes, with what is hostile in it.</summary>
internal sealed record HostileRequest(ApiCall Call, byte[][] Messages, string Description, bool Compressed = false)
{
    private const int ChunkSize = 1024 * 1024;

    // Calls with a language are called more often than others: they have more that can go wrong.
    private static readonly ApiCall[] s_calls = [.. ApiCall.All.SelectMany(call => Enumerable.Repeat(call, HasLanguage(call.Descriptor.InputType, 4) ? 3 : 1))];

    /// <summary>Makes a request out of a random source; the same source makes the same request of the same world.</summary>
    public static HostileRequest Next(World world, Random random)
    {
        var call = s_calls[random.Next(s_calls.Length)];
        var request = ValidRequests.Next(call, world, random);
        switch (random.Next(100))
        {
            case < 3:
                return new HostileRequest(call, ToBytes(call, request, random), "nothing");
            case < 8:
                return new HostileRequest(call, ToBytes(call, new HostileRequests(random, world.Account).Next(call.Descriptor.InputType), random), "random values");
            case < 13:
                var (name, bytes) = HostileBytes.All[random.Next(HostileBytes.All.Count)];
                return new HostileRequest(call, [bytes(TextChoice.Size(random), random)], name);
            case < 15:
                var (compressed, message) = CompressedMessages.All[random.Next(CompressedMessages.All.Count)];
                return new HostileRequest(call, [message.Value], compressed, Compressed: true);
            default:
                var what = new HostileFields(random, world).Poison(request);
                return new HostileRequest(call, ToBytes(call, request, random), what ?? "nothing");
        }
    }

    /// <summary>A request without anything hostile.</summary>
    public static HostileRequest Sound(ApiCall call, IMessage request) => new(call, ToBytes(call, request, HostileFiles.Sound), "nothing");

    private static byte[][] ToBytes(ApiCall call, IMessage request, Random random) => ToBytes(
        call,
        request,
        call.Descriptor.IsClientStreaming ? HostileFiles.All[random.Next(HostileFiles.All.Count)].Make(TextChoice.Size(random) * random.Next(1, 4), random) : []);

    // A stream of requests is a file: what it is, then its parts.
    private static byte[][] ToBytes(ApiCall call, IMessage request, byte[] file) =>
        call.Descriptor.IsClientStreaming && call.Descriptor.InputType.FindFieldByName("data") is { } data
            ? [WireBytes.Of(request), .. file.Chunk(ChunkSize).Select(chunk => WireBytes.Of(call, data, chunk))]
            : [WireBytes.Of(request)];

    private static bool HasLanguage(MessageDescriptor type, int depth) => depth > 0 && type.Fields.InDeclarationOrder().Any(
        field => TextChoice.HasLanguage(field) || (field.FieldType == FieldType.Message && HasLanguage(field.MessageType, depth - 1)));
}
