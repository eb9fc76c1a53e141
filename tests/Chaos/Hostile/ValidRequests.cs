using System.Text.Json;
using System.Text.RegularExpressions;
using Google.Protobuf;
using TagSegments.Testing.EveryCall;

namespace TagSegments.Chaos.Hostile;

/// <summary>
/// Sound requests for each call, from <c>ValidRequests.json</c>. What is hostile stands inside one of them, so that it gets past the first check.
/// </summary>
internal static partial class ValidRequests
{
    private static readonly Dictionary<string, string[]> s_requests = Read();

    /// <summary>The calls that have none: their requests are empty but for the account.</summary>
    public static IReadOnlyList<string> Missing { get; } = [.. ApiCall.All.Where(call => !s_requests.ContainsKey(Key(call))).Select(call => call.Name)];

    /// <summary>The requests of a call as JSON.</summary>
    public static IReadOnlyList<string> Of(ApiCall call) => s_requests.GetValueOrDefault(Key(call), ["{}"]);

    /// <summary>Makes one of the requests of a call, about what exists in the world.</summary>
    public static IMessage Next(ApiCall call, World world, Random random)
    {
        var texts = s_requests.GetValueOrDefault(Key(call), ["{}"]);
        return Make(call, texts[random.Next(texts.Length)], world, random);
    }

    /// <summary>Makes a request from its JSON.</summary>
    public static IMessage Make(ApiCall call, string json, World world, Random random)
    {
        var text = Place().Replace(json, place => JsonEncodedText.Encode(world.Pick(place.Groups[1].Value, random)).ToString());
        var request = JsonParser.Default.Parse(text, call.Descriptor.InputType);
        if (call.Descriptor.InputType.FindFieldByName("account")?.Accessor is { } account && account.GetValue(request) is "")
        {
            account.SetValue(request, world.Account);
        }

        return request;
    }

    private static string Key(ApiCall call) => $"{call.Descriptor.Service.Name}/{call.Descriptor.Name}";

    private static Dictionary<string, string[]> Read()
    {
        using var file = typeof(ValidRequests).Assembly.GetManifestResourceStream("ValidRequests.json")!;
        using var document = JsonDocument.Parse(file);
        return document.RootElement.EnumerateObject().ToDictionary(
            call => call.Name, call => call.Value.EnumerateArray().Select(request => request.GetRawText()).ToArray());
    }

    [GeneratedRegex(@"\$([a-z_]+)", RegexOptions.NonBacktracking)]
    private static partial Regex Place();
}
