using System.Text;
using CsvHelper;
using TagSegments.Csv;

namespace TagSegments.Cli.Commands.Activities;

/// <summary>A CSV file with a header, read row by row.</summary>
internal sealed class CsvActivityFile : ActivityFile
{
    private readonly CsvReader _reader;
    private CsvMalformedReason? _malformed;

    /// <summary>Reads the header; a delimiter that is not given is found, an encoding that is not given is UTF-8.</summary>
    public CsvActivityFile(string name, Stream content, string? delimiter, Encoding encoding)
        : base(name)
    {
        var options = new CsvReaderOptions
        {
            Separator = delimiter switch { null => null, "tab" or "\\t" => '\t', [var one] => one, _ => throw new CliError($"--delimiter {delimiter} is not one character.", "Write one, or tab.") },
            HasHeader = true,
            Encoding = encoding,
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

    /// <inheritdoc/>
    public override IReadOnlyList<string> Headers { get; }

    /// <inheritdoc/>
    public override IEnumerable<ActivityRow> Read()
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

    /// <inheritdoc/>
    public override void Dispose() => _reader.Dispose();

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
        ? OtherEncoding()
        : new($"{Name} cannot be read as CSV: {e.Message}", "Correct its quotes. What was recorded is not recorded again.");
}
