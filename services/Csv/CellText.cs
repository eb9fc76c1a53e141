using System.Globalization;

namespace TagSegments.Csv;

/// <summary>
/// The rule for texts in cells. A text that a spreadsheet would run as a formula, or that would lose white space at its ends, is written
/// with an apostrophe in front, as spreadsheets mark literal text; reading takes it away again. Texts that begin with apostrophes
/// themselves are counted in, so every text comes back as it was.
/// </summary>
/// <remarks>
/// A foreign file is not harmed: an apostrophe goes only where this rule would have put one, that is, before a formula or white space.
/// Names such as <c>'s-Hertogenbosch</c> stay as they are. White space at the end alone takes two apostrophes, because one before it is
/// common in files that people wrote. Other programs write <c>="0123"</c> to keep the zero: the text is 0123.
/// </remarks>
public static class CellText
{
    private const char Mark = '\'';

    /// <summary>Gives a text as it is written into a cell.</summary>
    public static string Write(string text) => Marks(text) is var marks and > 0 ? new string(Mark, marks) + text : text;

    /// <summary>Gives the text of a cell: what <see cref="Write"/> was given; without white space at its ends if the cell is not marked.</summary>
    public static string Read(string cell)
    {
        if (cell is [Mark, ..] && Unmark(cell) is { } literal)
        {
            return literal;
        }

        var trimmed = Visible(cell);
        return trimmed.Length != cell.Length && trimmed is [Mark, ..] ? Unmark(trimmed) ?? trimmed
            : trimmed is ['=', '"', .., '"'] && trimmed.Length > 3 && !trimmed.AsSpan(2, trimmed.Length - 3).Contains('"') ? trimmed[2..^1]
            : trimmed;
    }

    // Web pages and joined files leave characters without width before a text, which is another one for them. Texts of ours that begin with one are marked.
    private static string Visible(string cell)
    {
        var text = cell.Trim();
        while (text is ['\u200B' or '\u2060' or '\uFEFF', ..])
        {
            text = text[1..].TrimStart();
        }

        return text;
    }

    private static string? Unmark(string cell) =>
        Marks(cell) is var marks and > 0 && cell.AsSpan().IndexOfAnyExcept(Mark) >= marks ? cell[marks..] : null;

    // Counted after the text's own apostrophes: the number is the same for a text and its marked form.
    private static int Marks(string text)
    {
        var rest = text.AsSpan().TrimStart(Mark);
        return rest.IsEmpty ? 0
            : IsFormula(rest[0]) || IsInvisible(rest[0]) ? 1
            : char.IsWhiteSpace(rest[^1]) ? 2
            : 0;
    }

    // What Excel, LibreOffice or Google Sheets take for the beginning of a formula; full-width forms count as well.
    private static bool IsFormula(char first) => first is '=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠';

    // Spreadsheets skip these. A byte order mark is one of them.
    private static bool IsInvisible(char first) =>
        char.IsWhiteSpace(first) || char.IsControl(first) || char.GetUnicodeCategory(first) == UnicodeCategory.Format;
}
