using System.Text;
using System.Text.Json;
using TagSegments.Tags.Crm.Imports.Encodings;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>
/// A file with one JSON object in each line, or with an array of objects. Objects within objects make columns with dotted names, lists are cells with several
/// values, and the columns are those of all objects together.
/// </summary>
internal sealed class JsonLines : RowTable
{
    private readonly UploadedFile _file;
    private readonly bool _hasItems;
    private readonly JsonNames _names;
    private readonly string[] _written;
    private readonly MisreadText? _misread;

    private JsonLines(UploadedFile file, Encoding encoding, bool hasItems, JsonNames names, MisreadText? misread)
        : base(encoding) => (_file, _hasItems, _names, _written, _misread) = (file, hasItems, names, names.Headers, misread);

    /// <summary>Reads the names of the columns from all objects. Throws INVALID_ARGUMENT if there are none or too many.</summary>
    public static JsonLines Open(UploadedFile file, Encoding encoding, MisreadText? misread)
    {
        var (names, seen) = (new JsonNames(), new List<(string Name, JsonValueKind Kind)>());
        var hasItems = Looks(file, encoding) == JsonForm.Items;
        var (objects, first) = (0L, new Dictionary<string, string>());
        foreach (var (line, text) in Texts(file, encoding, hasItems))
        {
            seen.Clear();
            if (JsonObjectText.Parse(text, out _, seen) is { Count: > 0 } values)
            {
                first = objects++ == 0 ? values : first;
                names.Add(seen, values);
            }

            if (names.Count > MaxColumns)
            {
                throw LineError(line, $"The objects have more than {MaxColumns} names.");
            }
        }

        CheckList(objects, first);
        return objects > 0 ? new(file, encoding, hasItems, names, misread) { Headers = Repaired(names.Headers, misread) } : throw LineError(1, "The file has no JSON object that has a value.");
    }

    /// <summary>Finds the form of JSON that a file has, if any, by how it begins.</summary>
    public static JsonForm Looks(UploadedFile file, Encoding encoding)
    {
        foreach (var (_, text) in ByteLines.Read(file.Rewind(), encoding, MaxRowBytes))
        {
            // A line that is too long is no line of objects, but an array may be one line.
            var line = (text ?? Start(file, encoding)).AsSpan().Trim(" \t\r"u8);
            if (!line.IsEmpty)
            {
                return line[0] == '[' ? (IsArray(file, encoding) ? JsonForm.Items : JsonForm.None)
                    : line[0] != '{' ? JsonForm.None
                    : JsonObjectText.Parse(text, out _) is not null ? JsonForm.Lines
                    : line[^1] is (byte)'{' or (byte)'[' or (byte)',' or (byte)':' ? JsonForm.Items
                    : JsonForm.None;
            }
        }

        return JsonForm.None;
    }

    /// <inheritdoc/>
    public override IEnumerable<CsvRow> Read()
    {
        var places = _written.Index().ToDictionary(header => header.Item, header => header.Index, StringComparer.Ordinal);
        var number = 0;
        foreach (var (line, text) in Texts(_file, Encoding, _hasItems))
        {
            if (text is null)
            {
                yield return new(line, ++number, [], "is longer than 4 MiB");
                yield break;
            }

            var values = JsonObjectText.Parse(text, out var problem);
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
                    cells[places[name]] = _misread?.Repair(value) ?? value;
                }

                yield return new(line, ++number, cells, null);
            }
        }
    }

    /// <inheritdoc/>
    public override bool CanBe(int column, Type type) => _names.CanBe(_written[column], type);

    // Two names that would be one stay as they are.
    private static string[] Repaired(string[] names, MisreadText? misread) =>
        misread is null || names.Select(misread.Repair).Distinct().Count() < names.Length ? names : [.. names.Select(misread.Repair)];

    private static IEnumerable<(long Line, byte[]? Text)> Texts(UploadedFile file, Encoding encoding, bool hasItems) =>
        hasItems ? JsonItems.Read(file.Rewind(), encoding, MaxRowBytes) : ByteLines.Read(file.Rewind(), encoding, MaxRowBytes);

    private static bool IsArray(UploadedFile file, Encoding encoding)
    {
        var start = Start(file, encoding).AsSpan().TrimStart("\uFEFF \t\r\n"u8);
        return start is [(byte)'[', .. var rest] && rest.TrimStart(" \t\r\n"u8) is [] or [(byte)'{' or (byte)']', ..];
    }

    private static byte[] Start(UploadedFile file, Encoding encoding)
    {
        const int enough = 4_096;
        using var utf8 = Encoding.CreateTranscodingStream(file.Rewind(), encoding, Encoding.UTF8, leaveOpen: true);
        var buffer = new byte[enough];
        return buffer[..utf8.ReadAtLeast(buffer, enough, throwOnEndOfStream: false)];
    }

    // Answers of programs are one object with a list of what was asked for.
    private static void CheckList(long objects, Dictionary<string, string> first)
    {
        var lists = first.Where(value => value.Value is ['[', .. var rest] && rest.TrimStart() is ['{', ..]).Select(value => value.Key).ToArray();
        if (objects == 1 && lists is [var list] && !first.Keys.Any(name => name.Contains("mail", StringComparison.OrdinalIgnoreCase)))
        {
            throw LineError(1, $"The file is one JSON object, and its list \"{list}\" has the records: import that list alone, which `jq .{list} FILE` writes.");
        }
    }
}

/// <summary>How a file is written as JSON.</summary>
internal enum JsonForm
{
    /// <summary>Not as JSON.</summary>
    None,

    /// <summary>An object in each line.</summary>
    Lines,

    /// <summary>An array of objects, or objects over several lines.</summary>
    Items,
}
