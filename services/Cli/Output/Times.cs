using Google.Protobuf.WellKnownTypes;
using NodaTime;
using NodaTime.Text;

namespace TagSegments.Cli.Output;

/// <summary>Writes times for people, in the zone that they asked for. JSON has them in UTC.</summary>
internal static class Times
{
    private static readonly InstantPattern s_utc = InstantPattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mm:ss'Z'");
    private static readonly OffsetDateTimePattern s_local = OffsetDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mm:sso<+HH:mm>");

    // One run of the program is one flow of control; tests have several at once.
    private static readonly AsyncLocal<DateTimeZone?> s_zone = new();

    /// <summary>Uses a zone for all that is written in this run; an empty name stands for none.</summary>
    public static void Use(string name) => s_zone.Value = name.Length == 0 ? null : Find(name)
        ?? throw new CliError($"--times-in {name}: there is no such time zone.", "Write the name of an IANA zone, such as Europe/Vienna.");

    /// <summary>Writes a time in the zone that was asked for, else in another one, else in UTC.</summary>
    public static string Text(Timestamp time, string otherwise = "")
    {
        var instant = Instant.FromUnixTimeSeconds(time.Seconds);
        return (s_zone.Value ?? Find(otherwise)) is { } zone ? s_local.Format(instant.InZone(zone).ToOffsetDateTime()) : s_utc.Format(instant);
    }

    private static DateTimeZone? Find(string name) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(name);
}
