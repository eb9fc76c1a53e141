using Crm.Segments.V1;
using NodaTime;
using NodaTime.Text;

namespace TagSegments.Testing.Oracle;

/// <summary>
/// Says whether a moment or day lies in a window by looking at the moment: which day, week or month of the zone it is in, not between which
/// two instants.
/// </summary>
internal sealed class OracleWindows(Instant now, World world, Mutant mutant)
{
    public bool Contains(TimeWindow window, Instant at, WorldContact contact)
    {
        var zone = ZoneOf(window, contact);
        bool BeforeEnd(Instant end) => mutant == Mutant.WindowsIncludeTheirEnd ? at <= end : at < end;
        return window.KindCase switch
        {
            TimeWindow.KindOneofCase.Last => at >= Moved(window.Last, -1, zone) && BeforeEnd(now),
            TimeWindow.KindOneofCase.Next => at >= now && BeforeEnd(Moved(window.Next, 1, zone)),
            TimeWindow.KindOneofCase.BeforeLast => BeforeEnd(Moved(window.BeforeLast, -1, zone)),
            TimeWindow.KindOneofCase.Calendar => InCalendar(window.Calendar, at.InZone(zone).Date, zone),
            _ => !IsBefore(window.Fixed.From, at, zone, ifOpen: false) && IsBefore(window.Fixed.Until, at, zone, ifOpen: true),
        };
    }

    // A day counts as its midnight on the clocks of the zone.
    public bool Contains(TimeWindow window, LocalDate day, WorldContact contact)
    {
        var zone = ZoneOf(window, contact);
        var midnight = day.AtMidnight();
        LocalDateTime Local(Instant instant) => instant.InZone(zone).LocalDateTime;
        return window.KindCase switch
        {
            TimeWindow.KindOneofCase.Last => midnight >= Local(Moved(window.Last, -1, zone)) && midnight < Local(now),
            TimeWindow.KindOneofCase.Next => midnight >= Local(now) && midnight < Local(Moved(window.Next, 1, zone)),
            TimeWindow.KindOneofCase.BeforeLast => midnight < Local(Moved(window.BeforeLast, -1, zone)),
            TimeWindow.KindOneofCase.Calendar => InCalendar(window.Calendar, day, zone),
            _ => (window.Fixed.From.Length == 0 || midnight >= LocalEnd(window.Fixed.From, zone))
                && (window.Fixed.Until.Length == 0 || midnight < LocalEnd(window.Fixed.Until, zone)),
        };
    }

    public bool HasAnniversary(FieldClause clause, object value, WorldContact contact)
    {
        var zone = ZoneOf(clause.Window, contact);
        var born = value is Instant instant ? instant.InZone(zone).Date : (LocalDate)value;
        return Enumerable.Range(now.InUtc().Year - 5, 11)
            .Select(year => Anniversary(born, year, clause.LeapDayOnMarchFirst))
            .Any(day => day is { } anniversary && Contains(clause.Window, anniversary, contact));
    }

    private LocalDate? Anniversary(LocalDate born, int year, bool leapDayOnMarchFirst)
    {
        if ((born.Month, born.Day) != (2, 29) || CalendarSystem.Iso.IsLeapYear(year))
        {
            return new LocalDate(year, born.Month, born.Day);
        }

        return mutant == Mutant.LeapDaysOnlyInLeapYears ? null : leapDayOnMarchFirst ? new LocalDate(year, 3, 1) : new LocalDate(year, 2, 28);
    }

    private bool InCalendar(CalendarWindow window, LocalDate day, DateTimeZone zone)
    {
        var distance = Number(window.Unit, day) - Number(window.Unit, now.InZone(zone).Date);
        return distance >= window.First && distance < window.First + window.Count;
    }

    // Consecutive numbers of consecutive days, weeks, months ...
    private int Number(TimeUnit unit, LocalDate day)
    {
        var monday = new LocalDate(2001, 1, 1);
        return unit switch
        {
            TimeUnit.Day => Days(monday, day),
            TimeUnit.Week => (int)Math.Floor(Days(monday.PlusDays(world.WeekStart - 1), day) / 7.0),
            TimeUnit.Month => (day.Year * 12) + day.Month - 1,
            TimeUnit.Quarter => ((day.Year * 12) + day.Month - 1) / 3,
            _ => day.Year,
        };
    }

    private static int Days(LocalDate from, LocalDate to) => NodaTime.Period.DaysBetween(from, to);

    private Instant Moved(Crm.Segments.V1.Period period, int sign, DateTimeZone zone)
    {
        var count = sign * period.Count;
        LocalDateTime local() => now.InZone(zone).LocalDateTime;
        return period.Unit switch
        {
            TimeUnit.Minute => now + Duration.FromMinutes((long)count),
            TimeUnit.Hour => now + Duration.FromHours(count),
            TimeUnit.Day => now + Duration.FromHours(24 * count),
            TimeUnit.Week => now + Duration.FromHours(7 * 24 * count),
            TimeUnit.Month => local().PlusMonths(count).InZoneLeniently(zone).ToInstant(),
            TimeUnit.Quarter => local().PlusMonths(3 * count).InZoneLeniently(zone).ToInstant(),
            _ => local().PlusYears(count).InZoneLeniently(zone).ToInstant(),
        };
    }

    private bool IsBefore(string end, Instant at, DateTimeZone zone, bool ifOpen)
    {
        if (end.Length == 0)
        {
            return ifOpen;
        }

        return LocalDatePattern.Iso.Parse(end).TryGetValue(default, out var day)
            ? at.InZone(zone).Date < day
            : at < OffsetDateTimePattern.Rfc3339.Parse(end).Value.ToInstant()
                || (mutant == Mutant.WindowsIncludeTheirEnd && ifOpen && at == OffsetDateTimePattern.Rfc3339.Parse(end).Value.ToInstant());
    }

    private static LocalDateTime LocalEnd(string end, DateTimeZone zone) =>
        LocalDatePattern.Iso.Parse(end).TryGetValue(default, out var day)
            ? day.AtMidnight()
            : OffsetDateTimePattern.Rfc3339.Parse(end).Value.ToInstant().InZone(zone).LocalDateTime;

    private DateTimeZone ZoneOf(TimeWindow window, WorldContact contact)
    {
        var asked = window.Zone.Length > 0 ? window.Zone : world.TimeZone;
        if (window.ContactZone && mutant != Mutant.ContactZoneIsAccountZone)
        {
            asked = contact.TimeZone ?? world.TimeZone;
        }

        return mutant == Mutant.DaysAreUtc ? DateTimeZone.Utc : DateTimeZoneProviders.Tzdb.GetZoneOrNull(asked) ?? DateTimeZoneProviders.Tzdb[world.TimeZone];
    }
}
