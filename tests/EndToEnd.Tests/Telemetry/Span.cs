using System.Text.Json;

namespace TagSegments.EndToEnd.Tests.Telemetry;

/// <summary>A span of a trace file.</summary>
internal sealed record Span(string Trace, string Id, string Parent, string Source, string Name, IReadOnlyList<string> Links, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>Reads the spans that a file has so far.</summary>
    public static IReadOnlyList<Span> Read(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        // What follows the last end of a line is being written.
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];
    }

    private static Span Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        var scope = document.RootElement.GetProperty("resourceSpans")[0].GetProperty("scopeSpans")[0];
        var span = scope.GetProperty("spans")[0];
        return new Span(
            Text(span, "traceId"),
            Text(span, "spanId"),
            Text(span, "parentSpanId"),
            Text(scope.GetProperty("scope"), "name"),
            Text(span, "name"),
            [.. span.GetProperty("links").EnumerateArray().Select(link => Text(link, "traceId"))],
            span.GetProperty("attributes").EnumerateArray().GroupBy(tag => Text(tag, "key")).ToDictionary(
                tag => tag.Key, tag => tag.Last().GetProperty("value").EnumerateObject().First().Value.ToString()));
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
