using System.Globalization;

namespace TagSegments.Tags.Crm.Fields;

/// <summary>Dates and date-times as text: ISO 8601, the form of the API and of what is stored.</summary>
internal static class Dates
{
    /// <summary>The form of days.</summary>
    public const string DateForm = "yyyy-MM-dd";

    private const string InstantForm = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    /// <summary>The forms of date-times.</summary>
    public static readonly string[] InstantForms =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd' 'HH:mmK",
        "yyyy-MM-dd' 'HH:mm:ss.FFFFFFF' 'K", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFF' 'zzz",
    ];

    /// <summary>
    /// Reads a date-time in one of the given .NET formats; one without an offset is of unspecified kind. <paramref name="culture"/> says which century a year of two
    /// digits is in.
    /// </summary>
    public static bool TryParseInstant(string text, string[] formats, CultureInfo culture, out DateTime instant) =>
        TryParse(text, formats, culture, out instant) || (Usual(text) is { } usual && TryParse(usual, formats, culture, out instant));

    /// <summary>Returns the stored text of a day.</summary>
    public static string ToText(DateOnly day) => day.ToString(DateForm, CultureInfo.InvariantCulture);

    /// <summary>Returns the stored text of a day of the year.</summary>
    public static string ToYearlyText(DateOnly day) => day.ToString("'--'MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Returns the stored text of an instant: UTC, to the microsecond, comparable as text.</summary>
    public static string ToText(DateTime utc) => utc.ToString(InstantForm, CultureInfo.InvariantCulture);

    private static bool TryParse(string text, string[] formats, CultureInfo culture, out DateTime instant) => DateTime.TryParseExact(
        text, formats, culture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.NoCurrentDateDefault, out instant);

    // "2026-11-23 10:00:00 UTC", as several tools write it, and the narrow space that browsers put before AM and PM.
    private static string? Usual(string text)
    {
        var usual = text.Replace('\u202F', ' ');
        var isNamedUtc = usual.EndsWith(" UTC", StringComparison.OrdinalIgnoreCase) || usual.EndsWith(" GMT", StringComparison.OrdinalIgnoreCase);
        return isNamedUtc ? $"{usual[..^4]}Z" : ReferenceEquals(usual, text) ? null : usual;
    }
}
