using System.Globalization;
using NodaTime;

namespace TagSegments.Filters.Windows;

/// <summary>Finds anniversaries, and the days of the year, as <c>MM-dd</c>, whose anniversary falls into a span of days.</summary>
public static class AnniversaryCalendar
{
    private const int DaysOfAnyYear = 366;

    /// <summary>
    /// Lists the days from <paramref name="from"/> to before <paramref name="until"/>. In common years 29 February falls on the day before 1 March,
    /// or on 1 March if <paramref name="leapDayOnMarchFirst"/>.
    /// </summary>
    public static string[] Days(LocalDate? from, LocalDate? until, bool leapDayOnMarchFirst)
    {
        var first = from ?? new LocalDate(1, 1, 1);
        var last = until?.PlusDays(-1) ?? LocalDate.MaxIsoValue;
        // Nine years hold every day of the year, even around a century year without a leap day.
        var count = Math.Min(Period.DaysBetween(first, last) + 1L, 9 * DaysOfAnyYear);
        var days = new SortedSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var day = first.PlusDays(i);
            days.Add(day.ToString("MM-dd", CultureInfo.InvariantCulture));
            if (StandsForLeapDay(day, leapDayOnMarchFirst))
            {
                days.Add("02-29");
            }
        }

        return [.. days];
    }

    /// <summary>Gets the first anniversary of a day that is not before another day; null if it is beyond the calendar.</summary>
    public static LocalDate? Next(LocalDate day, LocalDate from, bool leapDayOnMarchFirst)
    {
        for (var year = from.Year; year <= Math.Min(from.Year + 1, LocalDate.MaxIsoValue.Year); year++)
        {
            var anniversary = (day.Month, day.Day) == (2, 29) && !CalendarSystem.Iso.IsLeapYear(year)
                ? (leapDayOnMarchFirst ? new LocalDate(year, 3, 1) : new LocalDate(year, 2, 28))
                : new LocalDate(year, day.Month, day.Day);
            if (anniversary >= from)
            {
                return anniversary;
            }
        }

        return null;
    }

    private static bool StandsForLeapDay(LocalDate day, bool leapDayOnMarchFirst) =>
        !CalendarSystem.Iso.IsLeapYear(day.Year)
        && (leapDayOnMarchFirst ? (day.Month, day.Day) == (3, 1) : (day.Month, day.Day) == (2, 28));
}
