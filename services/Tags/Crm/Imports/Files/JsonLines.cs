using System.Globalization;
using System.Text;
using System.Text.Json;
using TagSegments.ServiceDefaults.Texts;
using TagSegments.Csv;
using TagSegments.Filters.Text;
using TagSegments.Tags.Crm.Fields;

namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>
/// A file with one JSON object in each line. Objects within objects make columns with dotted names, lists are cells with several values, and the
/// columns are those of all lines together.
/// </summary>
internal sealed class JsonLines : RowTable
{
    private const int MaxDepth = 16;
    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = MaxDepth };
    private readonly UploadedFile _file;

    private JsonLines(UploadedFile file, Encoding encoding)
        : base(encoding) => _file = file;

    /// <summary>Reads the names of the columns from all lines. Throws INVALID_ARGUMENT if there are none or too many.</summary>
    public static JsonLines Open(UploadedFile file, Encoding encoding)
    {
        var headers = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (line, text) in ByteLines.Read(file.Rewind(), encoding, MaxRowBytes))
        {
            if (Parse(text, out _) is { } values)
            {
                headers.AddRange(values.Keys.Where(known.Add));
            }

            if (headers.Count > MaxColumns)
            {
                throw LineError(line, $"The objects have more than {MaxColumns} names.");
            }
        }

        return headers.Count > 0 ? new(file, encoding) { Headers = [.. headers] } : throw LineError(1, "The file has no line with a JSON object that has a value.");
    }

    /// <summary>True if the first line of a file is a JSON object.</summary>
    public static bool Looks(UploadedFile file, Encoding encoding)
    {
        foreach (var (_, text) in ByteLines.Read(file.Rewind(), encoding, MaxRowBytes))
        {
            if (text.AsSpan().Trim(" \t\r"u8) is { IsEmpty: false } first)
            {
                return first[0] == '{' && Parse(text, out _) is not null;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public override IEnumerable<CsvRow> Read()
    {
        var places = Headers.Index().ToDictionary(header => header.Item, header => header.Index, StringComparer.Ordinal);
        var number = 0;
        foreach (var (line, text) in ByteLines.Read(_file.Rewind(), Encoding, MaxRowBytes))
        {
            if (text is null)
            {
                yield return new(line, ++number, [], "is longer than 4 MiB");
                yield break;
            }

            var values = Parse(text, out var problem);
            if (values is null)
            {
                yield return new(line, ++number, [], problem);
            }
            else if (values.Count > 0)
            {
                var cells = new string[Headers.Length];
                Array.Fill(cells, "");
                foreach (var (name, value) in values)
                {
                    cells[places[name]] = value;
                }

                yield return new(line, ++number, cells, null);
            }
        }
    }

    // The values by name; none for an empty line, null with a problem for one that is no object.
    private static Dictionary<string, string>? Parse(byte[]? text, out string? problem)
    {
        problem = null;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (text is null || text.AsSpan().Trim(" \t\r"u8).IsEmpty)
        {
            return values;
        }

        try
        {
            using var document = JsonDocument.Parse(text, s_options);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                problem = Add(document.RootElement, "", values);
                return problem is null ? values : null;
            }

            problem = "is no JSON object";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            problem = $"is no valid JSON, or has objects more than {MaxDepth} deep";
        }

        return null;
    }

    private static string? Add(JsonElement element, string prefix, Dictionary<string, string> values)
    {
        foreach (var property in element.EnumerateObject())
        {
            var name = StoredName.Of(prefix + property.Name);
            if (name.Length is 0 or > MaxHeaderLength)
            {
                return $"has a name that is empty or longer than {MaxHeaderLength} characters";
            }

            if (property.Value.ValueKind == JsonValueKind.Object)
            {
                if (Add(property.Value, $"{name}.", values) is { } problem)
                {
                    return problem;
                }
            }
            else if (Text(property.Value) is { Length: > 0 } text)
            {
                values[name] = text;
            }
        }

        return null;
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.String => StoredText.Of(value.GetString()!),
        JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)) =>
            ListText.Join(value.EnumerateArray().Select(Text).Where(item => item.Length > 0)),
        JsonValueKind.Number when Decimals.TryParse(value.GetRawText(), out var number) => FieldJson.Number(number),
        _ => value.GetRawText(),
    };
}
