using NodaTime;
using NodaTime.TimeZones;
using TagSegments.Csv;

namespace TagSegments.Tags.Crm.Fields;

/// <summary>The forms of values as text.</summary>
/// <param name="Dates">The form of days and date-times.</param>
/// <param name="Numbers">The form of numbers.</param>
/// <param name="ListSeparators">What separates the items of a list in one text.</param>
/// <param name="Zone">The zone of date-times without an offset; null refuses them.</param>
internal sealed record TextForm(DateForm Dates, NumberForm Numbers, string[] ListSeparators, DateTimeZone? Zone)
{
    /// <summary>The one form of the API.</summary>
    public static readonly TextForm Api = new(DateForm.Iso, NumberForm.Api, [], null);

    /// <summary>True if other tools wrote the values: dates as programs print them, and with names of months in other languages, are read, too.</summary>
    public bool IsForeign { get; init; }

    /// <summary>Splits a list; empty items do not count.</summary>
    public string[] Split(string text) => ListSeparators.Length == 0
        ? [text.Trim()]
        : ListText.Split(text, ListSeparators);

    /// <summary>Reads a day.</summary>
    public bool TryParseDay(string text, out DateOnly day) =>
        Dates.TryParseDay(text, out day) || (Usual(text) is { } usual && Dates.TryParseDay(usual, out day));

    /// <summary>Reads a day of the year, as that day of a leap year.</summary>
    public bool TryParseYearlyDay(string text, out DateOnly day) =>
        Dates.TryParseYearlyDay(text, out day) || (Usual(text) is { } usual && Dates.TryParseYearlyDay(usual, out day));

    /// <summary>Reads a date-time as UTC.</summary>
    public bool TryParseInstant(string text, out DateTime utc)
    {
        if (!Dates.TryParseInstant(text, out utc) && !(Usual(text) is { } usual && Dates.TryParseInstant(usual, out utc)))
        {
            return false;
        }

        if (utc.Kind == DateTimeKind.Unspecified && Zone is not null)
        {
            // A time that a clock change skips moves forward, one that it repeats is the first of the two.
            utc = LocalDateTime.FromDateTime(utc).InZone(Zone, Resolvers.LenientResolver).ToDateTimeUtc();
        }

        return utc.Kind == DateTimeKind.Utc;
    }

    // Null if the text has the usual form already, or none.
    private string? Usual(string text)
    {
        var english = IsForeign ? MonthNames.ToEnglish(text, inFull: Dates.Name.Contains("MMMM", StringComparison.Ordinal)) : null;
        return (IsForeign ? PrintedTime.Rewrite(english ?? text) : null) ?? english;
    }
}
