using TagSegments.Csv;
using TagSegments.Tags.Crm.Fields;

namespace TagSegments.Tags.Crm.Imports.Guesses;

/// <summary>The usual forms of days and date-times. Years of two digits could be any century's, and days: see <see cref="DateGuess"/>.</summary>
internal static class UsualDates
{
    private static readonly string[] s_times =
    [
        " H:mm:ss.FFFFFFFK", " H:mmK", " h:mm:ss.FFFFFFF ttK", " h:mm ttK", " h:mm:sstt", " h:mmtt", " H:mm:ss.FFFFFFF zzz", " H:mm zzz", "'T'H:mm:ss.FFFFFFFK",
    ];

    /// <summary>The forms; neighbours in a group can be mistaken for each other.</summary>
    public static IReadOnlyList<DateForm[]> All { get; } =
    [
        [DateForm.Iso],
        [Make("yyyy/M/d")],
        [Make("yyyy.M.d", "yyyy. M. d.", "yyyy. M. d", "yyyy.M.d.")],
        [Make("d.M.yyyy", "d. M. yyyy", "d.M.yyyy.", "d. M. yyyy.")],
        [Make("d/M/yyyy"), Make("M/d/yyyy")],
        [Make("d-M-yyyy"), Make("M-d-yyyy")],
        [Make("d MMM yyyy", "d MMMM yyyy")],
        [Make("d-MMM-yyyy", "d-MMMM-yyyy")],
        [Make("d. MMMM yyyy", "d. MMM yyyy")],
        [Make("MMM d, yyyy", "MMMM d, yyyy", "MMM d yyyy", "MMMM d yyyy")],
        [Make("d/M/yy"), Make("M/d/yy"), Make("yy/M/d")],
        [Make("d-M-yy"), Make("M-d-yy"), Make("yy-M-d")],
        [Make("d.M.yy", "d. M. yy", "d.M.yy.")],
        [Make("d MMM yy", "d MMMM yy")],
        [Make("d-MMM-yy", "d-MMMM-yy")],
        [Make("d. MMMM yy", "d. MMM yy")],
    ];

    /// <summary>The forms of days without a year. Numbers with a slash are such only if some of them have a leading zero: others may be fractions or sizes.</summary>
    public static IReadOnlyList<DateForm[]> Yearly { get; } =
    [
        [DateForm.Iso],
        [OfYear("dd/MM"), OfYear("MM/dd")],
        [OfYear("d.M.", "d. M.", "d. MMMM", "d. MMM")],
        [OfYear("d MMM", "d MMMM")],
        [OfYear("MMM d", "MMMM d")],
    ];

    /// <summary>True if a text is a day or a date-time in any form, even if it is not clear which.</summary>
    public static bool Any(string text)
    {
        var english = MonthNames.ToEnglish(text) ?? text;
        var usual = PrintedTime.Rewrite(english) ?? english;
        return CompactDateGuess.Is(text) || usual.Length is >= 6 and <= 40 && All.Any(forms => forms[0].IsSeparatedAs(usual) && Array.Exists(forms, form => form.TryParseDay(usual, out _) || form.TryParseInstant(usual, out _)));
    }

    /// <summary>Returns the first character that is neither a letter nor a digit, after the day of the week.</summary>
    public static char Mark(string text)
    {
        foreach (var character in char.IsAsciiLetter(text.FirstOrDefault()) ? PrintedTime.WithoutWeekday(text) : text)
        {
            if (!char.IsLetterOrDigit(character))
            {
                return character;
            }
        }

        return '\0';
    }

    private static bool IsSeparatedAs(this DateForm form, string text) => Mark(form.Days[0]) == Mark(text);

    private static DateForm OfYear(params string[] days) => new(days[0], [], []) { YearlyDays = days };

    private static DateForm Make(params string[] days) =>
        new(days[0], days, [.. days.SelectMany(day => s_times.SelectMany(time => time[0] == ' ' ? new[] { $"{day}{time}", $"{day},{time}" } : [day + time]))]);
}
