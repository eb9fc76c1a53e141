using System.Globalization;
using NodaTime;
using NodaTime.Text;
using TagSegments.Filters.Values;
using TagSegments.Filters.Windows;

namespace TagSegments.Segments.Sql;

/// <summary>
/// A column that holds days or instants in one of four ways, and the form of an edge of a window that is compared with it.
/// <paramref name="Cast"/> turns the text form of an edge into the column's type.
/// </summary>
internal sealed record TimeColumn(string Sql, string Cast, Func<TimeEdge, DateTimeZone, object> Operand)
{
    // Npgsql writes these as the infinities of PostgreSQL.
    private static readonly DateTime s_infinity = DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc);
    private static readonly DateTime s_minusInfinity = DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc);
    private static readonly LocalDate s_dayZero = new(2000, 1, 1);

    /// <summary>A <c>timestamptz</c>.</summary>
    public static TimeColumn Instant(string sql) => new(sql, "timestamptz", (edge, zone) =>
        edge.ToInstant(zone)?.ToDateTimeUtc() ?? (edge.IsAfterEverything ? s_infinity : s_minusInfinity));

    /// <summary>A <c>date</c>, compared as a number of days: such numbers reach beyond the years that .NET knows.</summary>
    public static TimeColumn Day(string sql) => new($"({sql} - DATE '2000-01-01')", "int", (edge, zone) =>
        edge.ToDay(zone) is { } day ? DayNumber(day) : edge.IsAfterEverything ? int.MaxValue : int.MinValue);

    /// <summary>The text of an instant in a custom field.</summary>
    public static TimeColumn StoredInstant(string sql) => new($"""({sql} COLLATE "C")""", "text", (edge, zone) =>
        edge.ToInstant(zone) is { } instant ? FilterValues.ToStored(instant) : OpenEnd(edge));

    /// <summary>The text of a day in a custom field.</summary>
    public static TimeColumn StoredDay(string sql) => new($"""({sql} COLLATE "C")""", "text", (edge, zone) =>
        edge.ToDay(zone) is { } day ? LocalDatePattern.Iso.Format(day) : OpenEnd(edge));

    /// <summary>The number of a day as <see cref="Day"/> compares it.</summary>
    public static int DayNumber(LocalDate day) => Period.DaysBetween(s_dayZero, day);

    /// <summary>Writes an edge as text that <see cref="Cast"/> can read.</summary>
    public string OperandText(TimeEdge edge, DateTimeZone zone) => Operand(edge, zone) switch
    {
        DateTime time when time == s_minusInfinity => "-infinity",
        DateTime time when time == s_infinity => "infinity",
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        var text => (string)text,
    };

    // Texts of days and instants begin with a digit: the empty text sorts before them, the tilde after them.
    private static string OpenEnd(TimeEdge edge) => edge.IsAfterEverything ? "~" : "";
}
