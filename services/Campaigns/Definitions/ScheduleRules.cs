using Crm.Campaigns.V1;
using Google.Protobuf.WellKnownTypes;
using NodaTime;
using NodaTime.Text;
using NodaTime.TimeZones;
using LocalTime = Crm.Campaigns.V1.LocalTime;

namespace TagSegments.Campaigns.Definitions;

/// <summary>Reads the scheduled time of a campaign.</summary>
internal static class ScheduleRules
{
    private static readonly LocalDateTimePattern[] s_patterns =
    [
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm"),
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm':'ss"),
    ];

    /// <summary>Returns the schedule with its instant; throws INVALID_ARGUMENT for one that cannot be read.</summary>
    public static Schedule Resolve(Schedule? schedule, string accountZone)
    {
        var resolved = schedule?.Clone() ?? new Schedule();
        resolved.RunTime = resolved.KindCase switch
        {
            Schedule.KindOneofCase.Time => ToTimestamp(resolved.Time),
            Schedule.KindOneofCase.Local => ToTimestamp(resolved.Local, accountZone),
            _ => throw RpcErrors.InvalidField("schedule", "is required: an instant or a local time"),
        };
        return resolved;
    }

    private static Timestamp ToTimestamp(Timestamp time) =>
        time.Nanos is >= 0 and < 1_000_000_000 && time.Seconds is >= 0 and < 253_402_300_800
            ? time
            : throw RpcErrors.InvalidField("schedule.time", "is not a time between 1970 and 9999");

    // Lenient is the rule of the product: a skipped time moves forward by the gap, and the first of two equal times counts.
    private static Timestamp ToTimestamp(LocalTime time, string accountZone)
    {
        var name = time.Zone.Length > 0 ? time.Zone : accountZone;
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(name)
            ?? throw RpcErrors.InvalidField("schedule.local.zone", $"\"{name}\" is not an IANA time zone");
        var local = s_patterns.Select(pattern => pattern.Parse(time.DateTime)).FirstOrDefault(parsed => parsed.Success)
            ?? throw RpcErrors.InvalidField("schedule.local.date_time", "must look like 2026-11-30T09:00");
        return Timestamp.FromDateTime(local.Value.InZone(zone, Resolvers.LenientResolver).ToDateTimeUtc());
    }
}
