using Crm.Segments.V1;
using NodaTime;
using TagSegments.ServiceDefaults;

namespace TagSegments.Workflows.Execution;

/// <summary>How long waits last.</summary>
internal static class WaitTime
{
    /// <summary>
    /// The length of a period that starts now. Days are 24 hours; months and longer go by the calendar of the account's zone, clamped to
    /// the end of a shorter month, and a time of day that a change of clocks leaves out moves forward.
    /// </summary>
    public static TimeSpan Of(Crm.Segments.V1.Period period, AccountInfo account, DateTimeOffset now) => period.Unit switch
    {
        TimeUnit.Minute => TimeSpan.FromMinutes(period.Count),
        TimeUnit.Hour => TimeSpan.FromHours(period.Count),
        TimeUnit.Day => TimeSpan.FromDays(period.Count),
        TimeUnit.Week => TimeSpan.FromDays(7L * period.Count),
        TimeUnit.Month => OfMonths(period.Count, account, now),
        TimeUnit.Quarter => OfMonths(3 * period.Count, account, now),
        TimeUnit.Year => OfMonths(12 * period.Count, account, now),
        _ => throw new ArgumentOutOfRangeException(nameof(period)),
    };

    private static TimeSpan OfMonths(int months, AccountInfo account, DateTimeOffset now)
    {
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(account.TimeZone) ?? DateTimeZone.Utc;
        var start = Instant.FromDateTimeOffset(now);
        var end = zone.AtLeniently(start.InZone(zone).LocalDateTime.PlusMonths(months)).ToInstant();
        return (end - start).ToTimeSpan();
    }
}
