using System.Globalization;
using System.Text;
using CsvHelper;
using TagSegments.Filters.Text;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>A CSV file as rows.</summary>
internal sealed class CsvTable : RowTable
{
    private const int RowsOfTitle = 20;
    private readonly UploadedFile _file;
    private readonly CsvReaderOptions _options;
    private readonly CsvForm _form;
    private bool[] _marked = [];

    private CsvTable(UploadedFile file, Encoding encoding, CsvReaderOptions options, CsvForm form)
        : base(encoding) =>
        (_file, _options, _form) = (file, options, form);

    /// <summary>Reads the header. Throws INVALID_ARGUMENT if there is none, if two columns have one name, or if it has values.</summary>
    public static CsvTable Open(UploadedFile file, Encoding encoding, CsvForm form)
    {
        var options = new CsvReaderOptions
        {
            Separator = form.Delimiter,
            HasHeader = form.HasHeader,
            Encoding = encoding,
            TrackLineNumbers = true,
            MaxRecordSize = MaxRowBytes,
            // Blanks between a quote and a separator do no harm.
            TrimWhitespace = true,
            // The reader would collect all bad rows up to the next good one: it passes them on, and they are refused here one by one.
            FieldCountMismatch = CsvFieldCountHandling.Allow,
            MalformedData = CsvMalformedDataHandling.Recover,
        };
        var unnamed = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            var isMalformed = false;
            using var reader = form.Read(file, options with { OnMalformedRecord = record => isMalformed |= !IsReadable(record) });
            var headers = form.HasHeader
                ? FirstRow.Names([.. ReadHeader(reader).Select((header, index) => Name(form.Text(form.Written(header)), index, unnamed))], form.Named, unnamed)
                : Numbered(reader, form, unnamed);
            if (isMalformed)
            {
                throw LineError(1, "The first row cannot be read: its quotes do not match.");
            }

            if (form.Hidden(headers) is { } hidden)
            {
                return Open(file, encoding, form with { Delimiter = hidden });
            }

            CheckAny(headers);
            CheckTitle(reader, headers, form);
            CheckDelimiter(headers, form.Delimiter);
            return new CsvTable(file, encoding, options with { Separator = reader.Separator }, form)
            {
                Headers = headers,
                Unnamed = unnamed,
                Delimiter = reader.Separator,
            };
        }
        catch (CsvFormatException)
        {
            throw LineError(1, "The first row cannot be read: its quotes do not match.");
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<CsvRow> Read()
    {
        var number = 0;
        CsvMalformedReason? malformed = null;
        using var reader = _form.Read(_file, _options with { OnMalformedRecord = record => malformed ??= IsReadable(record) ? null : record.Reason });
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

    /// <inheritdoc/>
    public override bool CanBe(int column, Type type) =>
        base.CanBe(column, type) && (type is Type.YearlyDay || column >= _marked.Length || !_marked[column]);

    // A quote within a value, such as 5" pipe, is a letter like others if no value of the row begins with one, or ends with one that was never opened.
    private static bool IsReadable(CsvMalformedRecord record) =>
        record.Reason == CsvMalformedReason.StrayQuote
        && Array.TrueForAll(record.RawRecord.Split(CsvForm.Delimiters), value => value.Trim() is not ['"', ..] and var text && !(text is [.., not (>= '0' and <= '9'), '"'] && text.Count(one => one == '"') % 2 == 1));

    // A report has a title above the names of the columns: nothing of it would be found. Somebody who names the column knows that it is none.
    private static void CheckTitle(CsvReader reader, string[] headers, CsvForm form)
    {
        if (headers.Length > 1 || !form.HasHeader || headers.Any(form.Named.Contains))
        {
            return;
        }

        var (rows, wider, first) = (0, 0, 0L);
        while (rows < RowsOfTitle && Next(reader, out var tooLong) && !tooLong)
        {
            rows++;
            if (reader.FieldCount > 1)
            {
                first = wider++ == 0 ? reader.LineNumber : first;
            }
        }

        if (2 * wider > rows)
        {
            throw LineError(1, $"The first row has one value, \"{headers[0]}\", and line {first} has more: a title, and no names of columns? Remove what stands above the names.");
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
        _marked = _marked.Length == 0 ? new bool[cells.Length] : _marked;
        for (var i = 0; i < cells.Length; i++)
        {
            var written = _form.Written(reader.GetString(i));
            cells[i] = _form.Text(written);
            _marked[i] |= cells[i].Length != written.Length;
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

    private static IReadOnlyList<string> ReadHeader(CsvReader reader)
    {
        reader.ReadHeader();
        CheckSize(reader.Headers);
        return reader.Headers;
    }

    // Without a header the names are those of the options, or the numbers of the columns, which count for nothing unless they are mapped.
    private static string[] Numbered(CsvReader reader, CsvForm form, HashSet<string> unnamed)
    {
        var count = reader.Read() ? reader.FieldCount : 0;
        if (form.Headers.Length > count)
        {
            throw RpcErrors.InvalidField("options.headers", $"has {form.Headers.Length} names, and the first row {count} values");
        }

        string[] headers = [.. Enumerable.Range(1, count).Select(number => number.ToString(CultureInfo.InvariantCulture))];
        unnamed.UnionWith(headers.Skip(form.Headers.Length));
        form.Headers.CopyTo(headers, 0);
        CheckSize(headers);
        return headers;
    }

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
        if (delimiter is not null && headers is [var only] && CsvForm.Delimiters.FirstOrDefault(only.Contains) is var other and not '\0')
        {
            throw RpcErrors.InvalidField(
                "options.delimiter", $"the header has one column then, \"{only}\": is the delimiter \"{(other == '\t' ? "tab" : other)}\"?");
        }
    }

    private static void CheckSize(IReadOnlyList<string> headers)
    {
        if (headers.Count > MaxColumns)
        {
            throw LineError(1, $"The file has more than {MaxColumns} columns.");
        }

        if (headers.FirstOrDefault(header => header.Length > MaxHeaderLength) is not null)
        {
            throw LineError(1, $"The name of a column is longer than {MaxHeaderLength} characters: a quote that is never closed, or no header?");
        }
    }

    private static void CheckAny(string[] headers)
    {
        if (headers.Length == 0)
        {
            throw LineError(1, "The file is empty: it has no header.");
        }
    }

    private static string Problem(CsvMalformedReason reason) => reason switch
    {
        CsvMalformedReason.FieldCountMismatch => "has more or fewer values than the header",
        CsvMalformedReason.StrayQuote => "has a quote inside a value that is not quoted; if backslashes mark quotes, see backslash_quotes",
        CsvMalformedReason.TextAfterClosingQuote => "has text after a closing quote; if backslashes mark quotes, see backslash_quotes",
        CsvMalformedReason.UnterminatedQuote => "has a quote that is never closed, so everything after it is part of this row",
        _ => "is not valid CSV",
    };
}
