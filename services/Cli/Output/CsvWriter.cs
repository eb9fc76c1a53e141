using System.Buffers;
using System.Globalization;

namespace TagSegments.Cli.Output;

/// <summary>
/// Writes CSV by RFC 4180: comma, CR LF, quotes where needed. Unless <paramref name="raw"/> is set, a cell that a spreadsheet would run as a
/// formula gets a leading apostrophe; plain numbers such as -5 stay numbers.
/// </summary>
internal sealed class CsvWriter(TextWriter writer, bool raw)
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");

    public void WriteRow(IEnumerable<string> cells)
    {
        writer.Write(string.Join(',', cells.Select(Cell)));
        writer.Write("\r\n");
    }

    private string Cell(string value)
    {
        var safe = !raw && IsFormula(value) ? $"'{value}" : value;
        return safe.AsSpan().ContainsAny(Quoted) ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }

    // Also the full-width forms and leading control characters, which some spreadsheets strip before they look.
    private static bool IsFormula(string value) =>
        value is ['=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠', ..] && !IsNumber(value);

    private static bool IsNumber(string value) =>
        value[0] is '-' && decimal.TryParse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _);
}
