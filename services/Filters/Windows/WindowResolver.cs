using Crm.Segments.V1;
using NodaTime;
using TagSegments.Filters.Values;
using Period = Crm.Segments.V1.Period;

namespace TagSegments.Filters.Windows;

/// <summary>A resolved window: from <paramref name="From"/>, included, to <paramref name="Until"/>, excluded.</summary>
public readonly record struct TimeRange(TimeEdge From, TimeEdge Until);

/// <summary>Turns windows into their two ends, as seen at one <paramref name="now"/>.</summary>
public sealed class WindowResolver(Instant now, DateTimeZone accountZone, int weekStart)
{
    /// <summary>The account's zone.</summary>
    public DateTimeZone AccountZone => accountZone;

    /// <summary>The zone that a window names, or the account's.</summary>
    public DateTimeZone ZoneOf(TimeWindow window) =>
        window.Zone.Length == 0
            ? accountZone
            : DateTimeZoneProviders.Tzdb.GetZoneOrNull(window.Zone)
                ?? throw new ArgumentException($"The window has not been validated: unknown zone {window.Zone}.", nameof(window));

    /// <summary>Resolves a window in its own zone.</summary>
    public TimeRange Resolve(TimeWindow window) => Resolve(window, ZoneOf(window));

    /// <summary>Resolves a window in the given zone, for example a contact's.</summary>
    public TimeRange Resolve(TimeWindow window, DateTimeZone zone) => window.KindCase switch
    {
        TimeWindow.KindOneofCase.Last => new(Shift(window.Last, -1, zone), TimeEdge.At(now)),
        TimeWindow.KindOneofCase.Next => new(TimeEdge.At(now), Shift(window.Next, 1, zone)),
        TimeWindow.KindOneofCase.BeforeLast => new(TimeEdge.BeforeEverything, Shift(window.BeforeLast, -1, zone)),
        TimeWindow.KindOneofCase.Calendar => Calendar(window.Calendar, zone),
        TimeWindow.KindOneofCase.Fixed => new(
            Fixed(window.Fixed.From, TimeEdge.BeforeEverything), Fixed(window.Fixed.Until, TimeEdge.AfterEverything)),
        TimeWindow.KindOneofCase.None => throw new ArgumentException("The window has not been validated: it has no kind.", nameof(window)),
    };

    /// <summary>The earliest instant that a window can hold, in whatever zone it is read; null if it has no beginning.</summary>
    public Instant? EarliestOf(TimeWindow window) => window.ContactZone
        ? Resolve(window, DateTimeZone.ForOffset(Offset.MaxValue)).From.ToInstant(DateTimeZone.ForOffset(Offset.MaxValue))
        : Resolve(window).From.ToInstant(ZoneOf(window));

    /// <summary>Whether an instant lies in a window, read in the window's own zone.</summary>
    public bool Holds(TimeWindow window, Instant at)
    {
        var (range, zone) = (Resolve(window), ZoneOf(window));
        return IsReached(range.From) && !IsReached(range.Until);

        bool IsReached(TimeEdge edge) => edge.ToInstant(zone) is { } instant ? instant <= at : !edge.IsAfterEverything;
    }

    private TimeEdge Shift(Period period, int sign, DateTimeZone zone) =>
        Saturate(sign, () => period.Unit switch
        {
            TimeUnit.Minute => TimeEdge.At(now + (sign * Duration.FromMinutes((long)period.Count))),
            TimeUnit.Hour => TimeEdge.At(now + (sign * Duration.FromHours(period.Count))),
            TimeUnit.Day => TimeEdge.At(now + (sign * Duration.FromDays(period.Count))),
            TimeUnit.Week => TimeEdge.At(now + (sign * Duration.FromDays(7 * period.Count))),
            _ => TimeEdge.At(now.InZone(zone).LocalDateTime.PlusMonths(sign * Months(period.Unit) * period.Count).InZoneLeniently(zone).ToInstant()),
        });

    private TimeRange Calendar(CalendarWindow calendar, DateTimeZone zone)
    {
        var current = StartOfUnit(calendar.Unit, now.InZone(zone).Date);
        return new(
            PlusUnits(current, calendar.Unit, calendar.First),
            PlusUnits(current, calendar.Unit, (long)calendar.First + calendar.Count));
    }

    private LocalDate StartOfUnit(TimeUnit unit, LocalDate day) => unit switch
    {
        TimeUnit.Day => day,
        TimeUnit.Week => day.PlusDays(-(((int)day.DayOfWeek - weekStart + 7) % 7)),
        TimeUnit.Month => new LocalDate(day.Year, day.Month, 1),
        TimeUnit.Quarter => new LocalDate(day.Year, ((day.Month - 1) / 3 * 3) + 1, 1),
        _ => new LocalDate(day.Year, 1, 1),
    };

    private static TimeEdge PlusUnits(LocalDate day, TimeUnit unit, long count) =>
        Saturate(Math.Sign(count), () => TimeEdge.At(unit switch
        {
            TimeUnit.Day => day.PlusDays(checked((int)count)),
            TimeUnit.Week => day.PlusDays(checked((int)count * 7)),
            _ => day.PlusMonths(checked((int)count * Months(unit))),
        }));

    private static TimeEdge Fixed(string end, TimeEdge open) =>
        end.Length == 0 ? open
        : FilterValues.TryDate(end, out var day) ? TimeEdge.At(day)
        : FilterValues.TryInstant(end, out var instant) ? TimeEdge.At(instant)
        : throw new ArgumentException($"The window has not been validated: {end} is not a date.", nameof(end));

    private static int Months(TimeUnit unit) => unit switch
    {
        TimeUnit.Month => 1,
        TimeUnit.Quarter => 3,
        TimeUnit.Year => 12,
        _ => throw new ArgumentOutOfRangeException(nameof(unit), unit, "The window has not been validated."),
    };

    // NodaTime ends with the year 9999: a later time is later than everything that is stored.
    private static TimeEdge Saturate(int sign, Func<TimeEdge> edge)
    {
        try
        {
            return edge();
        }
        catch (Exception e) when (e is OverflowException or ArgumentOutOfRangeException)
        {
            return sign < 0 ? TimeEdge.BeforeEverything : TimeEdge.AfterEverything;
        }
    }
}
