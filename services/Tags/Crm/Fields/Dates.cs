using System.Globalization;

namespace TagSegments.Tags.Crm.Fields;

/// <summary>Dates and date-times as text: ISO 8601 only, so that no reader guesses.</summary>
internal static class Dates
{
    private const string DateForm = "yyyy-MM-dd";
    private const string InstantForm = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
    private static readonly string[] s_instantForms =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd' 'HH:mmK",
        "yyyy-MM-dd' 'HH:mm:ss.FFFFFFF' 'K",
    ];

    /// <summary>Reads a day like <c>2026-11-23</c>, or one in the given .NET format.</summary>
    public static bool TryParseDay(ReadOnlySpan<char> text, string format, out DateOnly day) =>
        DateOnly.TryParseExact(text, format.Length > 0 ? format : DateForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    /// <summary>Reads a date-time; one without an offset is of unspecified kind.</summary>
    public static bool TryParseInstant(ReadOnlySpan<char> text, out DateTime instant) =>
        DateTime.TryParseExact(
            InUtc(text), s_instantForms, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.NoCurrentDateDefault, out instant);

    /// <summary>Reads a date-time in the given .NET format; one without an offset is of unspecified kind.</summary>
    public static bool TryParseInstant(ReadOnlySpan<char> text, string format, out DateTime instant) => DateTime.TryParseExact(
        text, format, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.NoCurrentDateDefault, out instant);

    /// <summary>Returns the stored text of a day.</summary>
    public static string ToText(DateOnly day) => day.ToString(DateForm, CultureInfo.InvariantCulture);

    /// <summary>Returns the stored text of an instant: UTC, to the microsecond, comparable as text.</summary>
    public static string ToText(DateTime utc) => utc.ToString(InstantForm, CultureInfo.InvariantCulture);

    // "2026-11-23 10:00:00 UTC", as several tools write it.
    private static ReadOnlySpan<char> InUtc(ReadOnlySpan<char> text) =>
        text.EndsWith(" UTC", StringComparison.OrdinalIgnoreCase) || text.EndsWith(" GMT", StringComparison.OrdinalIgnoreCase) ? $"{text[..^4]}Z" : text;
}
