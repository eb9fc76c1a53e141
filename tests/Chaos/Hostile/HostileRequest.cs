using Google.Protobuf;
using TagSegments.Chaos.Rig;
using TagSegments.Testing.EveryCall;
using TagSegments.Testing.HostileTexts;

namespace TagSegments.Chaos.Hostile;

/// <summary>A request for a call, as bytes, with what is hostile in it and the language of that, if it has one.</summary>
internal sealed record HostileRequest(ApiCall Call, byte[][] Messages, string Description, TextLanguage? Language = null, bool Compressed = false)
{
    private const int ChunkSize = 1024 * 1024;

    // Half of the requests are in one of the languages, which have more that can go wrong than names and numbers; each language gets as many.
    private static readonly TextLanguage[] s_languages = Enum.GetValues<TextLanguage>();

    private static readonly Dictionary<TextLanguage, IReadOnlyList<ApiCall>> s_speakers = s_languages.ToDictionary(
        language => language,
        IReadOnlyList<ApiCall> (language) => [.. ApiCall.All.Where(call => HostileFields.HasPlace(call.Descriptor.InputType, language))]);

    /// <summary>The service that gets it.</summary>
    public Target Service => ServiceOf(Call);

    /// <summary>
    /// Makes a request out of a random source; the same source makes the same request of the same world. For a mutant it is null if the request
    /// cannot meet what is missing.
    /// </summary>
    public static HostileRequest? Next(World world, Random random, SourceMutant? mutant)
    {
        TextLanguage? language = random.Next(2) == 0 ? s_languages[random.Next(s_languages.Length)] : null;
        var calls = language is { } spoken ? s_speakers[spoken] : ApiCall.All;
        var call = calls[random.Next(calls.Count)];
        return mutant?.IsMetBy(ServiceOf(call), language) is false ? null
            : language is null ? InAnyForm(call, world, random)
            : InLanguage(language.Value, call, world, random);
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

    private static Target ServiceOf(ApiCall call) => Enum.Parse<Target>(call.Host.ToString());

    private static HostileRequest InLanguage(TextLanguage language, ApiCall call, World world, Random random)
    {
        var request = ValidRequests.Next(call, world, random);
        // The file of a stream follows what says how to read it.
        var what = call.Descriptor.IsClientStreaming && language == TextLanguage.File ? "a file" : new HostileFields(random, world, language).Poison(request);
        return new HostileRequest(call, ToBytes(call, request, random), $"{language}: {what}", language);
    }

    private static HostileRequest InAnyForm(ApiCall call, World world, Random random)
    {
        var request = ValidRequests.Next(call, world, random);
        switch (random.Next(50))
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
                var what = new HostileFields(random, world, null).Poison(request);
                return new HostileRequest(call, ToBytes(call, request, random), what ?? "nothing");
        }
    }
}
