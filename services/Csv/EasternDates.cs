using System.Globalization;
using System.Text.RegularExpressions;

namespace TagSegments.Csv;

/// <summary>
/// Dates as they are written in Japanese, Chinese and Korean: <c>2023年3月4日 10時20分</c> is <c>2023-03-04 10:20</c>, <c>令和5年3月4日</c> is <c>2023-03-04</c>, and
/// <c>3月4日</c> is <c>--03-04</c>.
/// </summary>
internal static partial class EasternDates
{
    private const int Longest = 60;

    // The years before their first ones.
    private static readonly Dictionary<string, int> s_eras = new(StringComparer.Ordinal) { ["令和"] = 2018, ["平成"] = 1988, ["昭和"] = 1925, ["大正"] = 1911, ["明治"] = 1867 };

    /// <summary>Returns the ISO form of such a date; null for any other text.</summary>
    public static string? ToIso(string text)
    {
        if (text.Length > Longest || text.AsSpan().IndexOfAny('月', '월') < 0 || Written().Match(Narrow(text)) is not { Success: true } date)
        {
            return null;
        }

        var day = string.Create(CultureInfo.InvariantCulture, $"{Number(date, "month"):00}-{Number(date, "day"):00}");
        if (Year(date) is not { } year)
        {
            return date.Groups["hour"].Success ? null : $"--{day}";
        }

        var time = !date.Groups["hour"].Success ? ""
            : string.Create(CultureInfo.InvariantCulture, $" {Hour(date):00}:{Number(date, "minute"):00}{(date.Groups["second"].Success ? $":{Number(date, "second"):00}" : "")}");
        return string.Create(CultureInfo.InvariantCulture, $"{year:0000}-{day}{time}");
    }

    private static int? Year(Match date) =>
        date.Groups["era"] is { Success: true } era ? s_eras[era.Value] + (date.Groups["eraYear"].Value == "元" ? 1 : Number(date, "eraYear"))
        : date.Groups["year"].Success ? Number(date, "year")
        : null;

    // 12 in the afternoon is noon.
    private static int Hour(Match date)
    {
        var hour = Number(date, "hour");
        return date.Groups["half"].Value is "午後" or "下午" or "오후" ? (hour < 12 ? hour + 12 : hour)
            : date.Groups["half"].Success && hour == 12 ? 0
            : hour;
    }

    private static int Number(Match date, string group) => int.Parse(date.Groups[group].Value, NumberStyles.None, CultureInfo.InvariantCulture);

    // Digits of the width of letters.
    private static string Narrow(string text) => string.Concat(text.Trim().Select(character => character is >= '０' and <= '９' ? (char)(character - '０' + '0') : character));

    [GeneratedRegex(
        @"\A(?:(?:(?<era>令和|平成|昭和|大正|明治)(?<eraYear>[0-9]{1,2}|元)|(?<year>[0-9]{4}))\s*[年년]\s*)?(?<month>[0-9]{1,2})\s*[月월]\s*(?<day>[0-9]{1,2})\s*[日일号]"
        + @"(?:\s*[(（][^()（）]{1,4}[)）])?(?:\s*(?<half>午前|午後|上午|下午|오전|오후)?\s*(?<hour>[0-9]{1,2})\s*[:：時时시点點]\s*(?<minute>[0-9]{1,2})\s*[分분]?(?:\s*[:：]?\s*(?<second>[0-9]{1,2})\s*[秒초]?)?)?\z",
        RegexOptions.NonBacktracking)]
    private static partial Regex Written();
}
