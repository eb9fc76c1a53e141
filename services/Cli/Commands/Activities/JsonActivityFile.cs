using System.Text;
using System.Text.Json;
using TagSegments.Csv;

namespace TagSegments.Cli.Commands.Activities;

/// <summary>
/// A file with a JSON object in each line. The columns are the names of all objects; objects within objects have dotted names, because filters ask for
/// properties of the event itself only, and a list is one value.
/// </summary>
internal sealed class JsonActivityFile : ActivityFile
{
    private readonly Stream _content;
    private readonly Encoding _encoding;
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

    /// <summary>Reads the names from all lines.</summary>
    public JsonActivityFile(string name, Stream content, Encoding encoding)
        : base(name)
    {
        (_content, _encoding) = (Spool(content), encoding);
        foreach (var (_, text) in Lines())
        {
            foreach (var property in Parse(text)?.Keys ?? Enumerable.Empty<string>())
                _places.TryAdd(property, _places.Count);
        }

        Headers = [.. _places.Keys];
        if (Headers.Count > 0)
            return;

        Dispose();
        throw new CliError($"{name} has no JSON object in a line of its own.", $"Write one object per line; `jq -c '.[]' {name}` makes lines of a list.");
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Headers { get; }

    /// <inheritdoc/>
    public override IEnumerable<ActivityRow> Read()
    {
        foreach (var (line, text) in Lines())
        {
            var cells = new string[Headers.Count];
            Array.Fill(cells, "");
            if (Parse(text) is not { } values)
            {
                yield return new(line, cells, "is no JSON object");
                continue;
            }

            foreach (var (property, value) in values)
                cells[_places[property]] = value;
            if (cells.Any(cell => cell.Length > 0))
                yield return new(line, cells);
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => _content.Dispose();

    // The names are known after the last line only, and what comes through a pipe comes once.
    private static FileStream Spool(Stream content)
    {
        using var source = content;
        var file = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 64 * 1024, FileOptions.DeleteOnClose);
        source.CopyTo(file);
        return file;
    }

    private IEnumerable<(long Line, string Text)> Lines()
    {
        _content.Position = 0;
        using var reader = new StreamReader(_content, _encoding, detectEncodingFromByteOrderMarks: true, leaveOpen: true);
        for (var line = 1L; Next(reader) is { } text; line++)
        {
            if (!string.IsNullOrWhiteSpace(text))
                yield return (line, text);
        }
    }

    private string? Next(StreamReader reader)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (DecoderFallbackException)
        {
            throw OtherEncoding();
        }
    }

    private static Dictionary<string, string>? Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return null;

            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            Add(document.RootElement, "", values);
            return values;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Add(JsonElement element, string prefix, Dictionary<string, string> values)
    {
        foreach (var property in element.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Object)
                Add(property.Value, $"{prefix}{property.Name}.", values);
            else
                values[$"{prefix}{property.Name}"] = Text(property.Value);
        }
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.String => value.GetString()!.Trim(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)) =>
            ListText.Join(value.EnumerateArray().Select(Text).Where(item => item.Length > 0)),
        _ => value.GetRawText(),
    };
}
