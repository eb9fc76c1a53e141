using NodaTime;
using NodaTime.Text;

namespace TagSegments.Filters.Windows;

/// <summary>
/// The local times that a change of clocks leaves out or repeats. A time that is left out moves forward by the gap; of two equal times, the first
/// counts.
/// </summary>
public static class ClockChange
{
    private static readonly LocalTimePattern s_minutes = LocalTimePattern.CreateWithInvariantCulture("HH:mm");
    private static readonly LocalTimePattern s_seconds = LocalTimePattern.CreateWithInvariantCulture("HH:mm:ss");

    /// <summary>Says what becomes of a local time on such a day; empty on any other.</summary>
    /// <param name="time">The time.</param>
    /// <param name="zone">Its zone.</param>
    /// <param name="what">What is done at that time, for example <c>sent</c>.</param>
    public static string Describe(LocalDateTime time, DateTimeZone zone, string what)
    {
        var day = LocalDatePattern.Iso.Format(time.Date);
        return zone.MapLocal(time).Count switch
        {
            0 => $"{Format(time)} does not exist on {day} in {zone.Id}; {what} at {Format(zone.AtLeniently(time).LocalDateTime)}",
            2 => $"{Format(time)} occurs twice on {day} in {zone.Id}; {what} the first time, at {Format(time)}{zone.AtLeniently(time).Offset}",
            _ => "",
        };
    }

    /// <summary>Says what becomes of a time of day on the next day of the coming year on which the clocks leave it out or repeat it; empty if there is none.</summary>
    public static string DescribeNext(LocalTime time, IReadOnlyCollection<int> weekdays, DateTimeZone zone, Instant now, string what)
    {
        var today = now.InZone(zone).Date;
        return zone.GetZoneIntervals(now, now + Duration.FromDays(366))
            .Where(interval => interval.HasStart && interval.Start >= now)
            .Select(interval => interval.Start.InZone(zone).Date)
            .Where(date => date >= today && (weekdays.Count == 0 || weekdays.Contains((int)date.DayOfWeek)))
            .Select(date => Describe(date + time, zone, what))
            .FirstOrDefault(description => description.Length > 0, "");
    }

    private static string Format(LocalDateTime time) => (time.Second == 0 ? s_minutes : s_seconds).Format(time.TimeOfDay);
}
