using Crm.Common.V1;
using Crm.Segments.V1;
using NodaTime;
using NodaTime.Text;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Checks;
using TagSegments.Filters.Facts;
using FieldType = Crm.Contacts.V1.Field.Types.Type;
using Match = Crm.Segments.V1.TagClause.Types.Match;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;
using Period = Crm.Segments.V1.Period;

namespace TagSegments.Testing.Oracle;

internal sealed partial class FilterGenerator
{
    private TimeWindow Window()
    {
        var window = random.Next(5) switch
        {
            0 => new TimeWindow { Last = Period() },
            1 => new TimeWindow { Next = Period() },
            2 => new TimeWindow { BeforeLast = Period() },
            3 => new TimeWindow { Calendar = Calendar() },
            _ => new TimeWindow { Fixed = Fixed() },
        };
        window.ContactZone = Chance(3);
        window.Zone = !window.ContactZone && Chance(3) ? s_zones[random.Next(s_zones.Length)] : "";
        return window;
    }

    private TimeWindow AnniversaryWindow() => new()
    {
        Calendar = Calendar(),
        ContactZone = Chance(2),
    };

    private Period Period()
    {
        var unit = Any<TimeUnit>();
        int[] counts = unit >= TimeUnit.Month ? [1, 2, 3] : [1, 2, 7, 30, 90];
        return new Period { Unit = unit, Count = counts[random.Next(counts.Length)] };
    }

    private CalendarWindow Calendar()
    {
        var unit = (TimeUnit)random.Next((int)TimeUnit.Day, (int)TimeUnit.Year + 1);
        return new CalendarWindow { Unit = unit, First = random.Next(-3, 2), Count = random.Next(1, unit == TimeUnit.Year ? 2 : 5) };
    }

    private FixedWindow Fixed()
    {
        var (from, until) = (End(), End());
        return random.Next(3) switch
        {
            0 => new FixedWindow { From = from },
            1 => new FixedWindow { Until = until },
            _ => Ordered(),
        };

        FixedWindow Ordered()
        {
            var day = _values.Time().InUtc().Date;
            return new FixedWindow
            {
                From = LocalDatePattern.Iso.Format(day),
                Until = Chance(2) ? LocalDatePattern.Iso.Format(day.PlusDays(1)) : InstantPattern.ExtendedIso.Format(day.PlusDays(random.Next(2, 40)).AtMidnight().InUtc().ToInstant()),
            };
        }
    }

    private string End() => Chance(2)
        ? LocalDatePattern.Iso.Format(_values.Time().InUtc().Date)
        : InstantPattern.ExtendedIso.Format(_values.Time());
}
