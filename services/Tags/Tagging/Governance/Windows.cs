using System.Globalization;
using Crm.Segments.V1;
using NodaTime;
using TagSegments.Tags.Crm.Accounts;

namespace TagSegments.Tags.Tagging.Governance;

/// <summary>Reads windows of filters as far as foresight needs them.</summary>
internal static class Windows
{
    /// <summary>Checks whether an event of now lies in the window a moment later, ignoring the contacts' own zones.</summary>
    public static bool Holds(TimeWindow window, DateTimeOffset now, DateTimeZone accountZone) => window.KindCase switch
    {
        TimeWindow.KindOneofCase.Last => true,
        TimeWindow.KindOneofCase.Calendar => window.Calendar.First <= 0 && window.Calendar.First + window.Calendar.Count > 0,
        TimeWindow.KindOneofCase.Fixed => Holds(window.Fixed, now, window.Zone.Length == 0 ? accountZone : TimeZones.Get(window.Zone)),
        _ => false,
    };

    private static bool Holds(FixedWindow window, DateTimeOffset now, DateTimeZone zone) =>
        (window.From.Length == 0 || Instant(window.From, zone) <= now) && (window.Until.Length == 0 || now < Instant(window.Until, zone));

    private static DateTimeOffset Instant(string text, DateTimeZone zone) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? zone.AtStartOfDay(LocalDate.FromDateOnly(day)).ToDateTimeOffset()
            : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
