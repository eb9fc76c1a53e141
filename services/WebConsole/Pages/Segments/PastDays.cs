using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using TagSegments.WebConsole.Calls;

namespace TagSegments.WebConsole.Pages.Segments;

/// <summary>Days of the past, in UTC, as an address has them: <c>2026-11-20</c>.</summary>
public static class PastDays
{
    /// <summary>Gets the last instant of a day; null for today, for later days and for what is no day.</summary>
    public static Timestamp? EndOf(string? day) => DaysAgo(day) is not > 0 ? null : Timestamp.FromDateTime(Of(DaysAgo(day)!.Value).AddDays(1).AddMicroseconds(-1));

    /// <summary>Counts how many days ago a day was; null for what is no day of the past.</summary>
    public static int? DaysAgo(string? day) =>
        DateTime.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date) && date < DateTime.UtcNow.Date
            ? (DateTime.UtcNow.Date - date).Days
            : null;

    /// <summary>Writes the day so many days ago; null for today.</summary>
    public static string? Say(int daysAgo) => daysAgo <= 0 ? null : Of(daysAgo).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Gets where the history begins, as a service that refused an earlier instant says; null if it does not.</summary>
    public static DateTime? BeginOf(Problem problem) =>
        problem.Details.TryGetValue("earliest", out var text)
        && DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var begin)
            ? begin
            : null;

    private static DateTime Of(int daysAgo) => DateTime.UtcNow.Date.AddDays(-daysAgo);
}
