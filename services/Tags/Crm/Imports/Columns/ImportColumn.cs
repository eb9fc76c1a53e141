using System.Buffers;
using System.Text.RegularExpressions;
using Crm.Contacts.V1;
using TagSegments.Csv;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports.Files;

namespace TagSegments.Tags.Crm.Imports.Columns;

/// <summary>A column of a file and the target of its values. A class, not a record, because it is looked up by reference for every cell.</summary>
internal sealed partial class ImportColumn(int index, string header, string target)
{
    /// <summary>The prefix of targets that are custom fields.</summary>
    public const string FieldPrefix = "fields.";

    // As MySQL and PostgreSQL write it.
    private const string NoValue = "\\N";

    // White space without width, the byte order mark, marks of direction, and hyphens that show at the end of a line only.
    private static readonly SearchValues<char> s_marks = SearchValues.Create("\u200B\u2060\uFEFF\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069\u00AD");

    /// <summary>The value of every row, where the options say it instead of the file.</summary>
    public string? Constant { get; init; }

    /// <summary>What somebody should know about the target; null if nothing.</summary>
    public ImportNotice? Notice { get; init; }

    /// <summary>The place in the row.</summary>
    public int Index { get; } = index;

    /// <summary>The name in the header.</summary>
    public string Header { get; } = header;

    /// <summary>The attribute, or <c>fields.KEY</c>; empty if the values go nowhere.</summary>
    public string Target { get; } = target;

    /// <summary>The key of the custom field; null if the target is none.</summary>
    public string? FieldKey { get; } = KeyOf(target);

    /// <summary>How the values hold tags; null if they hold none.</summary>
    public TagCells? Tags { get; init; }

    /// <summary>The form of the values: what the options say, and once all values have been seen, what they look like.</summary>
    public required TextForm Form { get; set; }

    /// <summary>True if the values are phone numbers in E.164 without the plus.</summary>
    public bool IsPhoneWithoutPlus { get; init; }

    /// <summary>True if an option names the form of the column's dates.</summary>
    public bool NamesDates { get; init; }

    /// <summary>True if the file does not name the column.</summary>
    public bool IsUnnamed { get; init; }

    /// <summary>True if the values go to a custom field only because no option says otherwise.</summary>
    public bool IsUnmapped { get; init; }

    /// <summary>The values that mean missing.</summary>
    public HashSet<string> Missing { get; init; } = [];

    /// <summary>Returns the key of a target that is a custom field; null for any other.</summary>
    public static string? KeyOf(string target) => target.StartsWith(FieldPrefix, StringComparison.Ordinal) ? target[FieldPrefix.Length..] : null;

    /// <summary>Returns the value in a row; null if it is missing.</summary>
    public string? Read(CsvRow row) =>
        Constant ?? (Visible(row.Cells[Index].Trim()) is { Length: > 0 } text && (Missing.Count == 0 || !Missing.Contains(text)) && !(Form.IsForeign && (text == NoValue || IsNoDate(text)))
            ? (IsPhoneWithoutPlus ? WithPlus(text) : text)
            : null);

    /// <summary>Gives the value in a row with the white space that is part of it; null if it is missing.</summary>
    public string? ReadLiteral(CsvRow row) => Constant ?? (Read(row) is not { } text ? null : IsPhoneWithoutPlus ? text : row.Cells[Index]);

    /// <summary>Finds the address and the name in a value that has more than the address; null if it has not.</summary>
    public WrittenAddress? ReadWritten(CsvRow row) => Constant is null && row.Cells[Index].Length > 0 ? WrittenAddress.Find(WithoutMarks(row.Cells[Index].Trim())) : null;

    private string Visible(string text) => Target switch
    {
        "email" => WrittenAddress.Of(WithoutMarks(text)),
        "phone" => WithoutMarks(text),
        _ => text,
    };

    // Web pages and address books leave marks in addresses and numbers that are copied from them, and nobody sees that they make other ones of them.
    private static string WithoutMarks(string text) =>
        text.AsSpan().ContainsAny(s_marks) ? string.Concat(text.Where(character => !s_marks.Contains(character))).Trim() : text;

    // Databases and address books write so that there is no date: 0000-00-00 00:00:00, 00.00.0000, 0.0.00.
    private static bool IsNoDate(string text) => text is ['0', ..] && text.Length is >= 6 and <= 26 && NoDate().IsMatch(text);

    [GeneratedRegex(@"\A(?:0000([-/.])00\1|0{1,2}([-/.])0{1,2}\2)0{2,4}(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?\z", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex NoDate();

    // E.164 has up to 15 digits, of which the first is no zero; 00 is how many call abroad.
    private static string WithPlus(string text) =>
        text.Length is < 7 or > 17 || !text.All(char.IsAsciiDigit) ? text
        : text.StartsWith("00", StringComparison.Ordinal) ? $"+{text[2..]}"
        : text[0] == '0' || text.Length > 15 ? text
        : $"+{text}";
}
