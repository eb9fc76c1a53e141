using System.Globalization;
using System.Text.RegularExpressions;
using TagSegments.Tags.Crm.Accounts;

namespace TagSegments.Tags.Crm.Fields;

/// <summary>
/// Dates and date-times as programs print them: Go, Ruby, Python, JavaScript, Java, mail, SQL Server. They are rewritten into forms that people use, too:
/// <c>2023-03-04 10:20:30.123456789 +0000 UTC</c> is <c>2023-03-04 10:20:30.1234567Z</c>, and <c>Sat Mar 04 2023 10:20:30 GMT+0100 (CET)</c> is
/// <c>Mar 04 2023 10:20:30+01:00</c>.
/// </summary>
internal static partial class PrintedTime
{
    private const int Shortest = 8;
    private const int Longest = 120;
    private const int LongestUsual = 27;
    private const int MostFraction = 7;
    private static readonly string[] s_weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    /// <summary>Returns the usual form of a date or date-time; null if it has it already, or is none.</summary>
    public static string? Rewrite(string text)
    {
        if (text.Length is < Shortest or > Longest || !IsUnusual(text))
        {
            return null;
        }

        var usual = WithoutWeekday(Tail().Replace(Blanks().Replace(text.Trim(), " "), ""));
        if (usual.Contains(':') && Parts().Match(usual) is { Success: true } parts)
        {
            if (Offset(parts.Groups["offset"].Value, parts.Groups["zone"].Value) is not { } offset)
            {
                return null;
            }

            usual = $"{Head(parts)}{Half(parts.Groups["half"].Value)}{offset}";
        }

        return usual == text ? null : usual;
    }

    /// <summary>Returns a text without the day of the week at its beginning.</summary>
    public static string WithoutWeekday(string text)
    {
        if (text.Length < Shortest || !Array.Exists(s_weekdays, day => text.StartsWith(day, StringComparison.OrdinalIgnoreCase)))
        {
            return text;
        }

        var end = text.AsSpan().IndexOfAny(' ', ',');
        return end is >= 3 and <= 10 ? text[end..].TrimStart(' ', ',') : text;
    }

    // Most values are not: nothing in them but digits, marks between them, a T and a Z.
    private static bool IsUnusual(string text)
    {
        var (digits, colons, isUnusual) = (0, 0, text.Length > LongestUsual);
        for (var i = 0; i < text.Length; i++)
        {
            var character = text[i];
            digits += char.IsAsciiDigit(character) ? 1 : 0;
            colons += character == ':' ? 1 : 0;
            isUnusual |= (char.IsLetter(character) && character is not ('T' or 'Z')) || character is '+' or ',' or '(' or '[' or '\u202F' or '\u00A0'
                || colons > 2 || (character == '-' && colons > 0) || (character == ' ' && i > 0 && text[i - 1] == ' ');
        }

        return isUnusual && digits > 0;
    }

    // "Mar 4 10:20:30 2023" has the year at the end; .NET reads seven digits of a second.
    private static string Head(Match parts)
    {
        var (day, time, year, fraction) = (parts.Groups["day"].Value, parts.Groups["time"].Value, parts.Groups["year"].Value, parts.Groups["fraction"].Value);
        var digits = fraction.Length > MostFraction ? fraction[..MostFraction] : fraction;
        return $"{day}{(year.Length > 0 ? $"{year} " : "")}{time}{(digits.Length > 0 ? $".{digits}" : "")}";
    }

    private static string Half(string half) => half.Length == 0 ? "" : half[0] is 'a' or 'A' ? " AM" : " PM";

    // Null for a zone that is not known; empty without any.
    private static string? Offset(string offset, string zone)
    {
        if (offset.Length > 0)
        {
            var digits = offset[1..].Replace(":", "", StringComparison.Ordinal).PadRight(4, '0');
            return $"{offset[0]}{digits[..2]}:{digits[2..]}";
        }

        return zone.Length == 0 ? ""
            : ZoneAbbreviations.FindOffset(zone) is not { } span ? null
            : span == TimeSpan.Zero ? "Z"
            : string.Create(CultureInfo.InvariantCulture, $"{(span < TimeSpan.Zero ? '-' : '+')}{span:hh\\:mm}");
    }

    [GeneratedRegex(@"\s+", RegexOptions.NonBacktracking)]
    private static partial Regex Blanks();

    // Go's monotonic clock, and the names of zones after offsets.
    [GeneratedRegex(@"(?: m=[+\-][0-9.]+| \([^)]*\)|\[[A-Za-z_/+\-0-9]+\])\z", RegexOptions.NonBacktracking)]
    private static partial Regex Tail();

    [GeneratedRegex(
        @"\A(?<day>.*?)(?<time>[0-9]?[0-9]:[0-9]{2}(?::[0-9]{2})?)(?:[.,:](?<fraction>[0-9]{1,9}))?(?: ?(?<half>[ap]\.? ?m\.?))?(?: ?(?:GMT|UTC)?(?<offset>[+\-][0-9]{2}(?::?[0-9]{2})?))?(?: ?(?<zone>[a-z]{1,5}))?(?: (?<year>[0-9]{4}))?\z",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Parts();
}
