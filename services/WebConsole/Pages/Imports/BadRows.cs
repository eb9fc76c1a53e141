using System.Globalization;
using System.Text;
using Crm.Contacts.V1;
using CsvHelper;
using TagSegments.Csv;

namespace TagSegments.WebConsole.Pages.Imports;

/// <summary>The rows that an import refused, to be seen, corrected and imported again.</summary>
public sealed class BadRows
{
    private const int Most = 100_000;
    private readonly List<ImportRowError> _errors = [];

    /// <summary>The number of refused rows and left out values. It counts what is no longer kept, too.</summary>
    public int Count { get; private set; }

    /// <summary>Whether there were more than can be kept.</summary>
    public bool AreTooMany => Count > Most;

    /// <summary>The first ones.</summary>
    public IReadOnlyList<ImportRowError> Kept => _errors;

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        Count = 0;
        _errors.Clear();
    }

    /// <summary>Adds one.</summary>
    public void Add(ImportRowError error)
    {
        if (++Count <= Most)
            _errors.Add(error);
    }

    /// <summary>Writes the rows as they were, with their line and what is wrong; of a file that is no CSV, only the latter.</summary>
    public Stream Write(Stream file, ImportPlan plan)
    {
        var content = new MemoryStream();
        using (var text = new StreamWriter(content, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true))
        {
            using var rows = new CsvRows(text, raw: true);
            if (plan.Delimiter is [var delimiter])
                WriteRows(rows, file, delimiter, EncodingOf(plan));
            else
                WriteErrors(rows);
            rows.Flush();
        }

        content.Position = 0;
        return content;
    }

    private void WriteErrors(CsvRows rows)
    {
        rows.WriteHeader(["line", "column", "value", "error"]);
        foreach (var error in _errors)
            rows.Write(Cells([error.Line.ToString(CultureInfo.InvariantCulture), error.Column, error.Value, error.Message]));
    }

    private void WriteRows(CsvRows rows, Stream file, char delimiter, Encoding encoding)
    {
        var wrong = _errors.ToLookup(error => error.Line);
        var options = new CsvReaderOptions
        {
            HasHeader = false,
            Separator = delimiter,
            Encoding = encoding,
            TrackLineNumbers = true,
            FieldCountMismatch = CsvFieldCountHandling.Allow,
            MalformedData = CsvMalformedDataHandling.Recover,
        };
        using var reader = CsvReader.Create(file, options, leaveOpen: true);
        for (var isHeader = true; reader.Read(); isHeader = false)
        {
            IEnumerable<string> cells = Enumerable.Range(0, reader.FieldCount).Select(index => reader.GetString(index)).ToList();
            if (isHeader)
                rows.WriteHeader([.. cells, "line", "error"]);
            else if (wrong[reader.LineNumber].ToList() is { Count: > 0 } errors)
                rows.Write(Cells([.. cells, reader.LineNumber.ToString(CultureInfo.InvariantCulture), string.Join("; ", errors.Select(Say))]));
        }
    }

    private static string Say(ImportRowError error) => error.Column is "" ? error.Message : $"{error.Column}: {error.Message}";

    private static IEnumerable<CsvCell> Cells(IEnumerable<string> texts) => texts.Select(text => new CsvCell(text, IsText: true));

    private static Encoding EncodingOf(ImportPlan plan) =>
        plan.Encoding is "" ? Encoding.UTF8 : CodePagesEncodingProvider.Instance.GetEncoding(plan.Encoding) ?? Encoding.GetEncoding(plan.Encoding);
}
