using Crm.Segments.V1;
using Crm.Workflows.V1;
using NodaTime;
using NodaTime.Text;
using Period = Crm.Segments.V1.Period;

namespace TagSegments.Workflows.Definitions;

/// <summary>How long waits last.</summary>
internal static class WaitTime
{
    private static readonly LocalTimePattern s_pattern = LocalTimePattern.CreateWithInvariantCulture("HH:mm");
    private static readonly LocalDateTimePattern s_momentPattern = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm");

    /// <summary>The longest that a wait which starts now lasts; null if it may last for ever.</summary>
    public static TimeSpan? Of(WaitAction action, AccountInfo account, string contactZone, DateTime now) => action.KindCase switch
    {
        WaitAction.KindOneofCase.Period => Of(action.Period, account, now),
        WaitAction.KindOneofCase.TimeOfDay => Of(action.TimeOfDay, ZoneOf(action, account, contactZone), now),
        WaitAction.KindOneofCase.Moment => Of(action.Moment, ZoneOf(action, account, contactZone), now),
        WaitAction.KindOneofCase.Until => action.Until.Timeout is { } timeout ? Of(timeout, account, now) : null,
        _ => throw new ArgumentOutOfRangeException(nameof(action)),
    };

    /// <summary>Whether the wait asks for the zones of contacts.</summary>
    public static bool AsksForContactZone(WaitAction action) => action is { TimeOfDay.ContactZone: true } or { Moment.ContactZone: true };

    public static bool TryReadTime(string text, out LocalTime time) => s_pattern.Parse(text).TryGetValue(default, out time);

    public static bool TryReadMoment(string text, out LocalDateTime moment) => s_momentPattern.Parse(text).TryGetValue(default, out moment);

    /// <summary>Whether the name is that of an IANA zone, or empty.</summary>
    public static bool IsZone(string zone) => zone.Length == 0 || DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is not null;

    // Days are 24 hours; months and longer go by the calendar of the account's zone, clamped to the end of a shorter month.
    private static TimeSpan Of(Period period, AccountInfo account, DateTime now) => period.Unit switch
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

    private static TimeSpan OfMonths(int months, AccountInfo account, DateTime now)
    {
        var zone = Zone(account.TimeZone);
        var start = Instant.FromDateTimeUtc(now);
        return (zone.AtLeniently(start.InZone(zone).LocalDateTime.PlusMonths(months)).ToInstant() - start).ToTimeSpan();
    }

    // AtLeniently moves a time that a change of clocks leaves out forward, and takes the first of two.
    private static TimeSpan Of(TimeOfDay action, DateTimeZone zone, DateTime now)
    {
        TryReadTime(action.Time, out var time);
        var start = Instant.FromDateTimeUtc(now);
        var today = start.InZone(zone).Date;
        return Enumerable.Range(0, 8)
            .Select(days => today.PlusDays(days))
            .Where(date => action.Weekdays.Count == 0 || action.Weekdays.Contains((int)date.DayOfWeek))
            .Select(date => zone.AtLeniently(date + time).ToInstant() - start)
            .First(wait => wait > Duration.Zero)
            .ToTimeSpan();
    }

    private static TimeSpan Of(Moment action, DateTimeZone zone, DateTime now)
    {
        TryReadMoment(action.Time, out var moment);
        var wait = zone.AtLeniently(moment).ToInstant() - Instant.FromDateTimeUtc(now);
        return Duration.Max(wait, Duration.Zero).ToTimeSpan();
    }

    /// <summary>Gets the zone in which a wait counts for a contact.</summary>
    public static DateTimeZone ZoneOf(WaitAction action, AccountInfo account, string contactZone)
    {
        var named = action.TimeOfDay?.Zone ?? action.Moment.Zone;
        return Zone(AsksForContactZone(action) && contactZone.Length > 0 ? contactZone : named.Length > 0 ? named : account.TimeZone);
    }

    private static DateTimeZone Zone(string name) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) ?? DateTimeZone.Utc;
}
