using System.Buffers;
using System.Text;

namespace TagSegments.Tags.Crm.Exports;

/// <summary>Writes CSV as RFC 4180 has it, and texts so that no spreadsheet runs them.</summary>
internal static class CsvText
{
    private static readonly SearchValues<char> s_special = SearchValues.Create(",\"\r\n;\t");

    /// <summary>Appends a row.</summary>
    public static void AppendRow(StringBuilder csv, IEnumerable<string> values)
    {
        var first = true;
        foreach (var value in values)
        {
            Append(first ? csv : csv.Append(','), value);
            first = false;
        }

        csv.Append("\r\n");
    }

    /// <summary>
    /// Puts an apostrophe before what Excel, LibreOffice or Google Sheets would take for a formula: they look at the first character behind
    /// white space, and full-width forms count as well.
    /// </summary>
    public static string Disarm(string text) =>
        text.AsSpan().TrimStart() is [var first, ..] && first is '=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠'
            || text is ['\t' or '\r' or '\n', ..]
            ? "'" + text
            : text;

    private static void Append(StringBuilder csv, string value)
    {
        if (value.AsSpan().ContainsAny(s_special) || value is [' ', ..] or [.., ' '])
        {
            csv.Append('"').Append(value.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }
        else
        {
            csv.Append(value);
        }
    }
}
