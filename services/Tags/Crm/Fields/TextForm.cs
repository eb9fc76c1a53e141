using System.Buffers;
using NodaTime;
using NodaTime.TimeZones;
using TagSegments.Csv;

namespace TagSegments.Tags.Crm.Fields;

/// <summary>The formats of values as text.</summary>
/// <param name="DateFormat">The form of dates in .NET's notation; empty for <c>2026-11-23</c>.</param>
/// <param name="ListSeparators">What separates the items of a list in one text.</param>
/// <param name="Zone">The zone of date-times without an offset; null refuses them.</param>
internal sealed record TextForm(string DateFormat, string[] ListSeparators, DateTimeZone? Zone)
{
    private static readonly SearchValues<char> s_timeSpecifiers = SearchValues.Create("HhmstfFKz");

    /// <summary>The one form of the API.</summary>
    public static readonly TextForm Api = new("", [], null);

    /// <summary>True if a format in .NET's notation has a year.</summary>
    public static bool HasYear(string format) => Specifiers(format).Contains('y');

    /// <summary>Splits a list; empty items do not count.</summary>
    public string[] Split(string text) => ListSeparators.Length == 0
        ? [text.Trim()]
        : ListText.Split(text, ListSeparators);

    /// <summary>Reads a day; a form with a time has none.</summary>
    public bool TryParseDay(string text, out DateOnly day)
    {
        day = default;
        return !HasTime && Dates.TryParseDay(text, DateFormat, out day);
    }

    /// <summary>Reads a date-time as UTC.</summary>
    public bool TryParseInstant(string text, out DateTime utc)
    {
        if (!(HasTime ? Dates.TryParseInstant(text, DateFormat, out utc) : Dates.TryParseInstant(text, out utc)))
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

    private bool HasTime => Specifiers(DateFormat).AsSpan().ContainsAny(s_timeSpecifiers);

    // The format without what it quotes.
    private static string Specifiers(string format) => string.Concat(format.Split('\'').Where((_, index) => index % 2 == 0));
}
