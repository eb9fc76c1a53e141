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

    /// <summary>ISO 8601.</summary>
    public static DateForm Iso { get; } = new("", [Dates.DateForm], Dates.InstantForms) { YearlyDays = ["'--'MM-dd", "'--'MMdd"] };

    /// <summary>The forms of days without a year.</summary>
    public string[] YearlyDays { get; init; } = [];

    private TimeSpan EpochUnit { get; init; }

    /// <summary>True if date-times count from the beginning of 1970.</summary>
    public bool HasEpoch => EpochUnit > TimeSpan.Zero;

    /// <summary>
    /// Returns the form that an option names: one in .NET's notation, which is of date-times if it has a time, <c>unix</c> or <c>unix_ms</c> for
    /// seconds or milliseconds since 1970; of days of the year if it has no year; ISO 8601 if it is empty.
    /// </summary>
    public static DateForm Of(string format) => format switch
    {
        "" => Iso,
        "unix" => new(format, [], []) { EpochUnit = TimeSpan.FromSeconds(1) },
        "unix_ms" => new(format, [], []) { EpochUnit = TimeSpan.FromMilliseconds(1) },
        _ when Specifiers(format).AsSpan().ContainsAny(s_timeSpecifiers) => new(format, [], [format]),
        _ when !HasYear(format) => new(format, [], []) { YearlyDays = [format] },
        _ => new(format, [format], Dates.InstantForms),
    };

    /// <summary>True if a form is of something: a moment, or the day of a month.</summary>
    public static bool IsWhole(string format) => HasYear(format) || (Specifiers(format).Contains('d') && Specifiers(format).Contains('M'));

    /// <summary>True if the form says when: it has a year, or counts from a moment.</summary>
    public static bool HasYear(string format) => format is "unix" or "unix_ms" || Specifiers(format).Contains('y');

    /// <summary>Reads a day.</summary>
    public bool TryParseDay(string text, out DateOnly day) =>
        DateOnly.TryParseExact(text, Days, CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    /// <summary>Reads a day of the year, as that day of a leap year.</summary>
    public bool TryParseYearlyDay(string text, out DateOnly day) => DateOnly.TryParseExact(
        $"2000 {text}", [.. YearlyDays.Select(form => $"yyyy {form}")], CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    /// <summary>Reads a date-time; one without an offset is of unspecified kind.</summary>
    public bool TryParseInstant(string text, out DateTime instant) =>
        HasEpoch ? TryParseEpoch(text, out instant) : Dates.TryParseInstant(text, Instants, out instant);

    private bool TryParseEpoch(string text, out DateTime instant)
    {
        instant = DateTime.UnixEpoch;
        const NumberStyles styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (!decimal.TryParse(text, styles, CultureInfo.InvariantCulture, out var units))
        {
            return false;
        }

        var (least, most) = (DateTime.MinValue.Ticks - instant.Ticks, DateTime.MaxValue.Ticks - instant.Ticks);
        if (units < least / EpochUnit.Ticks || units > most / EpochUnit.Ticks)
        {
            return false;
        }

        instant = instant.AddTicks((long)(units * EpochUnit.Ticks));
        return true;
    }

    // The format without what it quotes.
    private static string Specifiers(string format) => string.Concat(format.Split('\'').Where((_, index) => index % 2 == 0));
}
