using System.Buffers;
using System.Globalization;

namespace TagSegments.Tags.Crm.Fields;

/// <summary>How days and date-times are written.</summary>
/// <param name="Name">The name in messages; empty for ISO 8601.</param>
/// <param name="Days">The forms of days in .NET's notation.</param>
/// <param name="Instants">The forms of date-times; one without an offset leaves the zone open.</param>
internal sealed record DateForm(string Name, string[] Days, string[] Instants)
{
    private static readonly SearchValues<char> s_timeSpecifiers = SearchValues.Create("HhmstfFKz");

    private static readonly CultureInfo s_upTo2029 = UntilYear(2029);

    /// <summary>ISO 8601.</summary>
    public static DateForm Iso { get; } = new("", [Dates.DateForm], Dates.InstantForms) { YearlyDays = ["'--'MM-dd", "'--'MMdd"] };

    /// <summary>The forms of days without a year.</summary>
    public string[] YearlyDays { get; init; } = [];

    /// <summary>Says in which century a year of two digits is: by default 1950 to 2049.</summary>
    public CultureInfo Culture { get; init; } = CultureInfo.InvariantCulture;

    /// <summary>True if years have two digits.</summary>
    public bool HasShortYear { get; } = Days.Concat(Instants).FirstOrDefault() is { } first && Specifiers(first) is var specifiers && specifiers.Contains("yy", StringComparison.Ordinal)
        && !specifiers.Contains("yyy", StringComparison.Ordinal);

    private Count? Counts { get; init; }

    /// <summary>True if values are numbers that count from a moment.</summary>
    public bool HasEpoch => Counts is not null;

    /// <summary>True if whole numbers are days.</summary>
    public bool CountsDays => Counts is { Unit.Days: 1 };

    /// <summary>
    /// Returns the form that an option names: one in .NET's notation, which is of date-times if it has a time, <c>unix</c> or <c>unix_ms</c> for
    /// seconds or milliseconds since 1970, <c>excel</c> for the days of spreadsheets since 1900; of days of the year if it has no year; ISO 8601 if it is empty.
    /// </summary>
    public static DateForm Of(string format) => format switch
    {
        "" => Iso,
        "unix" => new(format, [], []) { Counts = new(DateTime.UnixEpoch, TimeSpan.FromSeconds(1), DateTime.MinValue) },
        "unix_ms" => new(format, [], []) { Counts = new(DateTime.UnixEpoch, TimeSpan.FromMilliseconds(1), DateTime.MinValue) },
        // Spreadsheets have a 29 February 1900: days before March are not what they show.
        "excel" => new(format, [], []) { Counts = new(new DateTime(1899, 12, 30), TimeSpan.FromDays(1), new DateTime(1900, 3, 1)) },
        _ when Specifiers(format).AsSpan().ContainsAny(s_timeSpecifiers) => new(format, [], [format]),
        _ when !HasYear(format) => new(format, [], []) { YearlyDays = [format] },
        _ => new(format, [format], Dates.InstantForms),
    };

    /// <summary>Returns the form with years of two digits from 1930 to 2029, as spreadsheets read them.</summary>
    public DateForm UpTo2029() => this with { Culture = s_upTo2029 };

    /// <summary>True if a form is of something: a moment, or the day of a month.</summary>
    public static bool IsWhole(string format) => HasYear(format) || (Specifiers(format).Contains('d') && Specifiers(format).Contains('M'));

    /// <summary>True if the form says when: it has a year, or counts from a moment.</summary>
    public static bool HasYear(string format) => format is "unix" or "unix_ms" or "excel" || Specifiers(format).Contains('y');

    /// <summary>Reads a day.</summary>
    public bool TryParseDay(string text, out DateOnly day)
    {
        if (!CountsDays)
        {
            return DateOnly.TryParseExact(text, Days, Culture, DateTimeStyles.None, out day);
        }

        var isDay = TryCount(text, out var instant) && instant.TimeOfDay == TimeSpan.Zero;
        day = DateOnly.FromDateTime(instant);
        return isDay;
    }

    /// <summary>Reads a day of the year, as that day of a leap year.</summary>
    public bool TryParseYearlyDay(string text, out DateOnly day) => DateOnly.TryParseExact(
        $"2000 {text}", [.. YearlyDays.Select(form => $"yyyy {form}")], CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    /// <summary>Reads a date-time; one without an offset is of unspecified kind.</summary>
    public bool TryParseInstant(string text, out DateTime instant) =>
        HasEpoch ? TryCount(text, out instant) : Dates.TryParseInstant(text, Instants, Culture, out instant);

    private bool TryCount(string text, out DateTime instant)
    {
        var (start, unit, first) = Counts!;
        instant = start;
        const NumberStyles styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (!decimal.TryParse(text, styles, CultureInfo.InvariantCulture, out var units))
        {
            return false;
        }

        var (least, most) = (first.Ticks - start.Ticks, DateTime.MaxValue.Ticks - start.Ticks);
        if (units < (decimal)least / unit.Ticks || units > (decimal)most / unit.Ticks)
        {
            return false;
        }

        // To the millisecond: fractions of a day are rounded there.
        instant = start.AddTicks(CountsDays ? (long)Math.Round(units * unit.Ticks / TimeSpan.TicksPerMillisecond) * TimeSpan.TicksPerMillisecond : (long)(units * unit.Ticks));
        return true;
    }

    private static CultureInfo UntilYear(int year)
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.DateTimeFormat.Calendar = new GregorianCalendar { TwoDigitYearMax = year };
        return culture;
    }

    // The format without what it quotes.
    private static string Specifiers(string format) => string.Concat(format.Split('\'').Where((_, index) => index % 2 == 0));

    /// <summary>How numbers count.</summary>
    private sealed record Count(DateTime Start, TimeSpan Unit, DateTime First);
}
