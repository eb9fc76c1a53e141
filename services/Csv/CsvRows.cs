using System.Buffers;
using CsvHelper;

namespace TagSegments.Csv;

/// <summary>Writes CSV as RFC 4180 has it, with texts by <see cref="CellText"/>.</summary>
/// <param name="writer">Gets the rows; it stays open.</param>
/// <param name="raw">Writes texts as they are: for programs, not for spreadsheets.</param>
public sealed class CsvRows(TextWriter writer, bool raw = false) : IDisposable
{
    // More than the standard asks for: programs guess the delimiter, trim cells, and take a byte order mark for the file's.
    private static readonly SearchValues<char> s_quoted = SearchValues.Create(",\"\r\n;\t\uFEFF");

    private readonly CsvWriter _csv = CsvWriter.Create(writer, CsvWriterOptions.Default, leaveOpen: true);

    /// <summary>Writes the header; names are texts like others.</summary>
    public void WriteHeader(IEnumerable<string> names) => Write(names.Select(name => new CsvCell(name, IsText: true)));

    /// <summary>Writes a row.</summary>
    public void Write(IEnumerable<CsvCell> cells)
    {
        foreach (var cell in cells)
        {
            var text = cell.IsText && !raw ? CellText.Write(cell.Value) : cell.Value;
            var quoted = text.AsSpan().ContainsAny(s_quoted) || text is [' ', ..] or [.., ' '];
            _csv.WriteField(text, quoted ? CsvQuoting.Always : CsvQuoting.WhenNeeded);
        }

        _csv.EndRecord();
    }

    /// <summary>Passes the written rows to the writer.</summary>
    public void Flush() => _csv.Flush();

    /// <inheritdoc/>
    public void Dispose() => _csv.Dispose();
}
