using System.Globalization;
using System.Text.RegularExpressions;
using Google.Protobuf.WellKnownTypes;

namespace TagSegments.WebConsole.Parts;

/// <summary>Writes instants for people. The services keep UTC, and so does the console.</summary>
public static partial class Moments
{
    /// <summary>Writes an instant to the minute; nothing for none.</summary>
    public static string Say(Timestamp? time) => time is null ? "" : Say(time.ToDateTime());

    /// <summary>Writes an instant to the minute with its zone, where no title says it; nothing for none.</summary>
    public static string SayUtc(Timestamp? time) => time is null ? "" : $"{Say(time)} UTC";

    /// <summary>Writes a day without its year, as short as a chart needs it and in the order of the language: <c>8 Sep</c>, not <c>09-08</c>.</summary>
    public static string SayDay(DateTimeOffset day)
    {
        var culture = CultureInfo.CurrentCulture;
        return day.UtcDateTime.ToString(culture.DateTimeFormat.MonthDayPattern.Replace("MMMM", "MMM", StringComparison.Ordinal), culture);
    }

    /// <summary>Writes the instants in a text of a service, such as <c>2026-11-23T10:00:00.000000Z</c>, in the same way, with their zone.</summary>
    public static string SayIn(string text) => Instant().Replace(text, found =>
        DateTime.TryParse(found.Value, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time) ? $"{Say(time)} UTC" : found.Value);

    private static string Say(DateTime time) => time.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z", RegexOptions.NonBacktracking)]
    private static partial Regex Instant();
}
