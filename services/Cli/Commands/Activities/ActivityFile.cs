using System.Text;
using CsvHelper;
using TagSegments.Csv;

namespace TagSegments.Cli.Commands.Activities;

/// <summary>A row of a file of activities.</summary>
/// <param name="Line">The line of the file on which it starts, from 1.</param>
/// <param name="Cells">The texts of the cells by the number of their column.</param>
/// <param name="Problem">Why it cannot be read; null if it can.</param>
internal sealed record ActivityRow(long Line, string[] Cells, string? Problem = null);

/// <summary>A CSV file with a header, read row by row.</summary>
internal sealed class ActivityFile : IDisposable
{
    private readonly CsvReader _reader;
    private CsvMalformedReason? _malformed;

    /// <summary>Reads the header; a delimiter that is not given is found, an encoding that is not given is UTF-8.</summary>
    public ActivityFile(string name, Stream content, string? delimiter, string? encoding)
    {
        Name = name;
        var options = new CsvReaderOptions
        {
            Separator = delimiter switch { null => null, "tab" or "\\t" => '\t', [var one] => one, _ => throw new CliError($"--delimiter {delimiter} is not one character.", "Write one, or tab.") },
            HasHeader = true,
            Encoding = EncodingOf(encoding),
            TrackLineNumbers = true,
            TrimWhitespace = true,
            FieldCountMismatch = CsvFieldCountHandling.Allow,
            MalformedData = CsvMalformedDataHandling.Recover,
            OnMalformedRecord = record => _malformed ??= record.Reason,
        };
        _reader = CsvReader.Create(content, options, leaveOpen: false);
        try
        {
            _reader.ReadHeader();
        }
        catch (Exception e) when (e is CsvFormatException or DecoderFallbackException)
        {
            throw Unreadable(e);
        }

        Headers = [.. _reader.Headers.Select(header => CellText.Read(header).TrimStart('\uFEFF'))];
        if (Headers.All(header => header.Length == 0))
            throw new CliError($"{name} is empty: it has no header.", "The first row names the columns.");
    }

    /// <summary>The name of the file, in an archive with its folder.</summary>
    public string Name { get; }

    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> Headers { get; }

    /// <summary>Reads the rows. Lines without any value are no rows.</summary>
    public IEnumerable<ActivityRow> Read()
    {
        while (Next())
        {
            string[] cells = [.. Enumerable.Range(0, _reader.FieldCount).Select(i => CellText.Read(_reader.GetString(i)))];
            var problem = _malformed is { } reason ? $"cannot be read as CSV: {reason}"
                : cells.Length < Headers.Count || cells.Skip(Headers.Count).Any(cell => cell.Length > 0) ? "has more or fewer values than the header"
                : null;
            _malformed = null;
            if (problem is not null || cells.Any(cell => cell.Length > 0))
                yield return new(_reader.LineNumber, cells, problem);
        }
    }

    public void Dispose() => _reader.Dispose();

    private bool Next()
    {
        try
        {
            return _reader.Read();
        }
        catch (Exception e) when (e is CsvFormatException or DecoderFallbackException)
        {
            throw Unreadable(e);
        }
    }

    private CliError Unreadable(Exception e) => e is DecoderFallbackException
        ? new($"{Name} is not in the encoding.", "Name its encoding, for example --encoding windows-1252. What was recorded is not recorded again.")
        : new($"{Name} cannot be read as CSV: {e.Message}", "Correct its quotes. What was recorded is not recorded again.");

    private static Encoding EncodingOf(string? name)
    {
        if (name is null)
            return new UTF8Encoding(false, throwOnInvalidBytes: true);

        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        try
        {
            return Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (ArgumentException)
        {
            throw new CliError($"--encoding {name}: there is no such encoding.", "Write a name such as windows-1252 or iso-8859-2.");
        }
    }
}
