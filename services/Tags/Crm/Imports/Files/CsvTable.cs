using System.Text;
using Crm.Errors.V1;
using CsvHelper;
using Grpc.Core;
using TagSegments.Csv;
using TagSegments.Filters.Text;

namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>A CSV file as rows with the lines at which they start.</summary>
internal sealed class CsvTable
{
    private const int MaxRecordBytes = 4 * 1024 * 1024;
    private const int MaxColumns = 2_000;
    private const int MaxHeaderLength = 500;
    private static readonly char[] s_delimiters = [',', ';', '\t', '|'];
    private readonly UploadedFile _file;
    private readonly CsvReaderOptions _options;
    private readonly bool _raw;

    private CsvTable(UploadedFile file, CsvReaderOptions options, bool raw, string[] headers, HashSet<string> unnamed, char delimiter)
    {
        _raw = raw;
        Unnamed = unnamed;
        _file = file;
        _options = options with { Separator = delimiter };
        Headers = headers;
        Delimiter = delimiter;
    }

    /// <summary>The header: names without white space around them, each once.</summary>
    public string[] Headers { get; }

    /// <summary>The names that stand for columns without a header.</summary>
    public IReadOnlySet<string> Unnamed { get; }

    /// <summary>The separator of the values.</summary>
    public char Delimiter { get; }

    /// <summary>The encoding of the file.</summary>
    public Encoding Encoding => _options.Encoding!;

    /// <summary>Reads the header. Throws INVALID_ARGUMENT if there is none or two columns have one name.</summary>
    public static CsvTable Open(UploadedFile file, Encoding encoding, char? delimiter, bool raw = false)
    {
        var options = new CsvReaderOptions
        {
            Separator = delimiter,
            Encoding = encoding,
            TrackLineNumbers = true,
            MaxRecordSize = MaxRecordBytes,
            // The reader would collect all bad rows up to the next good one: it passes them on, and they are refused here one by one.
            FieldCountMismatch = CsvFieldCountHandling.Allow,
            MalformedData = CsvMalformedDataHandling.Recover,
        };
        string[] headers;
        var unnamed = new HashSet<string>(StringComparer.Ordinal);
        char found;
        try
        {
            using var reader = CsvReader.Create(file.Rewind(), options with { MalformedData = CsvMalformedDataHandling.Throw }, leaveOpen: true);
            reader.ReadHeader();
            CheckSize(reader.Headers);
            headers = [.. reader.Headers.Select((header, index) => Name(Text(header, raw), index, unnamed))];
            found = reader.Separator;
        }
        catch (CsvFormatException)
        {
            throw HeaderError("The header cannot be read: its quotes do not match.");
        }

        Check(headers);
        CheckDelimiter(headers, delimiter);
        return new CsvTable(file, options, raw, headers, unnamed, found);
    }

    /// <summary>Reads the rows. Lines without any value are no rows; a row that is no CSV comes with its problem and without values.</summary>
    public IEnumerable<CsvRow> Read()
    {
        var number = 0;
        CsvMalformedReason? malformed = null;
        using var reader = CsvReader.Create(_file.Rewind(), _options with { OnMalformedRecord = record => malformed ??= record.Reason }, leaveOpen: true);
        while (Next(reader, out var tooLong))
        {
            if (tooLong)
            {
                yield return new(reader.LineNumber, ++number, [], "is longer than 4 MiB: a quote that is never closed?");
                yield break;
            }

            malformed ??= Fits(reader) ? null : CsvMalformedReason.FieldCountMismatch;
            if (malformed is { } reason)
            {
                yield return new(reader.LineNumber, ++number, [], Problem(reason));
                malformed = null;
            }
            else if (Cells(reader) is { } cells)
            {
                yield return new(reader.LineNumber, ++number, cells, null);
            }
        }
    }

    private static bool Next(CsvReader reader, out bool tooLong)
    {
        tooLong = false;
        try
        {
            return reader.Read();
        }
        catch (CsvFormatException)
        {
            tooLong = true;
            return true;
        }
    }

    private string[]? Cells(CsvReader reader)
    {
        var cells = new string[Headers.Length];
        var any = false;
        for (var i = 0; i < cells.Length; i++)
        {
            cells[i] = Text(reader.GetString(i), _raw);
            any |= cells[i].Length > 0;
        }

        return any ? cells : null;
    }

    // Some tools end every row with a separator.
    private bool Fits(CsvReader reader)
    {
        for (var i = Headers.Length; i < reader.FieldCount; i++)
        {
            if (!string.IsNullOrWhiteSpace(reader.GetString(i)))
            {
                return false;
            }
        }

        return reader.FieldCount >= Headers.Length;
    }

    // Restores the values that the product exported: see CellText.
    private static string Text(string cell, bool raw) => raw ? cell.Trim() : CellText.Read(cell);

    private static string Name(string header, int index, HashSet<string> unnamed)
    {
        if (StoredName.Of(header) is { Length: > 0 } name)
        {
            return name;
        }

        unnamed.Add($"column {index + 1}");
        return $"column {index + 1}";
    }

    // A wrong delimiter makes one column of all.
    private static void CheckDelimiter(string[] headers, char? delimiter)
    {
        if (delimiter is not null && headers is [var only] && s_delimiters.FirstOrDefault(only.Contains) is var other and not '\0')
        {
            throw RpcErrors.InvalidField(
                "options.delimiter", $"the header has one column then, \"{only}\": is the delimiter \"{(other == '\t' ? "tab" : other)}\"?");
        }
    }

    private static void CheckSize(IReadOnlyList<string> headers)
    {
        if (headers.Count > MaxColumns)
        {
            throw HeaderError($"The file has more than {MaxColumns} columns.");
        }

        if (headers.FirstOrDefault(header => header.Length > MaxHeaderLength) is not null)
        {
            throw HeaderError($"The name of a column is longer than {MaxHeaderLength} characters: a quote that is never closed, or no header?");
        }
    }

    private static void Check(string[] headers)
    {
        if (headers.Length == 0)
        {
            throw HeaderError("The file is empty: it has no header.");
        }

        if (headers.GroupBy(header => header, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw HeaderError($"Two columns have the header \"{twice.Key}\".");
        }
    }

    private static string Problem(CsvMalformedReason reason) => reason switch
    {
        CsvMalformedReason.FieldCountMismatch => "has more or fewer values than the header",
        CsvMalformedReason.StrayQuote => "has a quote inside a value that is not quoted",
        CsvMalformedReason.TextAfterClosingQuote => "has text after a closing quote",
        CsvMalformedReason.UnterminatedQuote => "has a quote that is never closed, so everything after it is part of this row",
        _ => "is not valid CSV",
    };

    private static RpcException HeaderError(string message) =>
        RpcErrors.Create(StatusCode.InvalidArgument, ErrorReason.ImportLine, message, ("line", "1"));
}
