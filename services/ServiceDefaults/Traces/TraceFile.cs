using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using OpenTelemetry;

namespace TagSegments.ServiceDefaults.Traces;

/// <summary>
/// Writes spans to a file, a batch on each line, in the JSON of OTLP (opentelemetry.io/docs/specs/otel/protocol/file-exporter). Where no collector runs,
/// it shows what one would get. A full file is kept beside the new one, with <c>.1</c> at its end.
/// </summary>
internal sealed class TraceFile(string path, string service) : BaseExporter<Activity>
{
    private const long MostBytes = 64 * 1024 * 1024;

    public override ExportResult Export(in Batch<Activity> batch)
    {
        var lines = new List<string>();
        foreach (var span in batch)
        {
            lines.Add(JsonSerializer.Serialize(Resource(span)));
        }

        try
        {
            if (File.Exists(path) && new FileInfo(path).Length > MostBytes)
            {
                File.Move(path, $"{path}.1", overwrite: true);
            }

            File.AppendAllLines(path, lines);
            return ExportResult.Success;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ExportResult.Failure;
        }
    }

    private object Resource(Activity span) => new
    {
        resourceSpans = new[]
        {
            new
            {
                resource = new { attributes = Attributes([new("service.name", service)]) },
                scopeSpans = new[] { new { scope = new { name = span.Source.Name }, spans = new[] { Span(span) } } },
            },
        },
    };

    private static object Span(Activity span) => new
    {
        traceId = span.TraceId.ToHexString(),
        spanId = span.SpanId.ToHexString(),
        parentSpanId = span.ParentSpanId == default ? "" : span.ParentSpanId.ToHexString(),
        name = span.DisplayName,
        // OTLP counts its kinds from 1.
        kind = (int)span.Kind + 1,
        startTimeUnixNano = Nanoseconds(span.StartTimeUtc),
        endTimeUnixNano = Nanoseconds(span.StartTimeUtc + span.Duration),
        attributes = Attributes(span.TagObjects),
        events = span.Events.Select(e => new { timeUnixNano = Nanoseconds(e.Timestamp.UtcDateTime), name = e.Name, attributes = Attributes(e.Tags) }),
        links = span.Links.Select(link => new { traceId = link.Context.TraceId.ToHexString(), spanId = link.Context.SpanId.ToHexString() }),
        status = new { code = span.Status switch { ActivityStatusCode.Ok => 1, ActivityStatusCode.Error => 2, _ => 0 }, message = span.StatusDescription ?? "" },
    };

    private static string Nanoseconds(DateTime time) => ((time - DateTime.UnixEpoch).Ticks * 100).ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<object> Attributes(IEnumerable<KeyValuePair<string, object?>> tags) =>
        tags.Where(tag => tag.Value is not null).Select(tag => new { key = tag.Key, value = Value(tag.Value!) });

    private static object Value(object value) => value switch
    {
        bool flag => new { boolValue = flag },
        sbyte or byte or short or ushort or int or uint or long => new { intValue = Convert.ToString(value, CultureInfo.InvariantCulture) },
        float or double => new { doubleValue = Convert.ToDouble(value, CultureInfo.InvariantCulture) },
        _ => new { stringValue = Convert.ToString(value, CultureInfo.InvariantCulture) },
    };
}
