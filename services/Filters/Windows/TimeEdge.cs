using NodaTime;
using TagSegments.Filters.Values;

namespace TagSegments.Filters.Windows;

/// <summary>
/// One end of a window: a day or an instant. A time outside the years 1 to 9999, less a day at both ends because of the zones, is before or
/// after everything.
/// </summary>
public readonly record struct TimeEdge
{
    private static readonly LocalDate s_firstDay = new(1, 1, 1);

    private readonly Instant? _instant;
    private readonly LocalDate? _day;
    private readonly bool _isAfterEverything;

    private TimeEdge(Instant? instant, LocalDate? day, bool isAfterEverything) =>
        (_instant, _day, _isAfterEverything) = (instant, day, isAfterEverything);

    public static TimeEdge BeforeEverything { get; }

    public static TimeEdge AfterEverything { get; } = new(null, null, true);

    public static TimeEdge At(Instant instant) =>
        instant < FilterValues.FirstInstant ? BeforeEverything
        : instant > FilterValues.LastInstant ? AfterEverything
        : new(instant, null, false);

    // Nothing is before the first day, and in zones east of Greenwich it begins before the first instant that there is.
    public static TimeEdge At(LocalDate day) => day <= s_firstDay ? BeforeEverything : new(null, day, false);

    /// <summary>The instant of this edge in a zone: a day begins at its first moment. Null before or after everything.</summary>
    public Instant? ToInstant(DateTimeZone zone) => _instant ?? _day?.AtStartOfDayInZone(zone).ToInstant();

    /// <summary>
    /// The first day that is not before this edge, a day counting as its midnight in the zone. Null before or after everything.
    /// </summary>
    public LocalDate? ToDay(DateTimeZone zone)
    {
        if (_instant is not { } instant)
        {
            return _day;
        }

        var local = instant.InZone(zone).LocalDateTime;
        return local.TimeOfDay == LocalTime.Midnight ? local.Date : local.Date.PlusDays(1);
    }

    /// <summary>Whether nothing comes after this edge.</summary>
    public bool IsAfterEverything => _isAfterEverything;
}
