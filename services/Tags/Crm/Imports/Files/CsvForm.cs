using System.Text;
using Crm.Contacts.V1;
using CsvHelper;
using TagSegments.ServiceDefaults.Texts;
using TagSegments.Csv;
using TagSegments.Tags.Crm.Imports.Encodings;

namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>How a CSV file is written.</summary>
/// <param name="Delimiter">The separator of values; null finds it.</param>
internal sealed record CsvForm(char? Delimiter = null)
{
    /// <summary>The delimiters that are found.</summary>
    public static readonly char[] Delimiters = [',', ';', '\t', '|'];

    /// <summary>True if cells are taken as they are, because the file was exported so.</summary>
    public bool IsRaw { get; init; }

    /// <summary>True if a backslash marks a quote within quotes.</summary>
    public bool HasBackslashQuotes { get; init; }

    /// <summary>False if the first row has values already.</summary>
    public bool HasHeader { get; init; } = true;

    /// <summary>The names of the first columns of a file without a header.</summary>
    public string[] Headers { get; init; } = [];

    /// <summary>The names of columns that options have.</summary>
    public IReadOnlySet<string> Named { get; init; } = new HashSet<string>();

    /// <summary>How another program has misread the text; null if nobody says so.</summary>
    public MisreadText? Misread { get; init; }

    /// <summary>Returns what the options say, which name these columns.</summary>
    public static CsvForm Of(ImportOptions options, IEnumerable<string> named) => new(options.Delimiter.Length > 0 ? options.Delimiter[0] : null)
    {
        IsRaw = options.Raw,
        Named = named.ToHashSet(StringComparer.Ordinal),
        HasBackslashQuotes = options.BackslashQuotes,
        HasHeader = !options.Headerless && options.Headers.Count == 0,
        Headers = [.. options.Headers.Select(header => header.Trim())],
    };

    /// <summary>Opens a file from its beginning.</summary>
    public CsvReader Read(UploadedFile file, CsvReaderOptions options)
    {
        var content = file.Rewind();
        if (!HasBackslashQuotes)
        {
            return CsvReader.Create(content, options, leaveOpen: true);
        }

        var utf8 = options.Encoding is null or UTF8Encoding ? content : Encoding.CreateTranscodingStream(content, options.Encoding, Encoding.UTF8, leaveOpen: true);
        return CsvReader.Create(new BackslashQuotes(utf8), options with { Encoding = Encoding.UTF8 });
    }

    /// <summary>Finds the delimiter that a quote within the name of the first column has hidden; null if it has hidden none.</summary>
    public char? Hidden(string[] headers) => Delimiter is null && headers is [var only] && only.Contains('"')
        && Delimiters.MaxBy(delimiter => only.Count(one => one == delimiter)) is var found && only.Contains(found) ? found : null;

    /// <summary>Returns a cell as it was before another program misread it.</summary>
    public string Written(string cell) => Misread?.Repair(cell) ?? cell;

    /// <summary>Returns the text of a cell: what the product exported, or another tool wrote; see <see cref="CellText"/>.</summary>
    public string Text(string cell) => StoredText.Of(IsRaw ? cell.Trim() : CellText.Read(cell));
}
