using Crm.Campaigns.V1;
using Google.Protobuf.WellKnownTypes;
using NodaTime;
using NodaTime.Text;
using TagSegments.Filters.Windows;
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
        (resolved.Zone, resolved.ClockChange) = (accountZone, "");
        switch (resolved.KindCase)
        {
            case Schedule.KindOneofCase.Time:
                RequireTime(resolved.Time);
                resolved.RunTime = resolved.Time;
                break;
            case Schedule.KindOneofCase.Local:
                Resolve(resolved, resolved.Local);
                break;
            default:
                throw RpcErrors.InvalidField("schedule", "is required: an instant or a local time");
        }

        return resolved;
    }

    private static void RequireTime(Timestamp time)
    {
        if (time.Nanos is < 0 or >= 1_000_000_000 || time.Seconds is < 0 or >= 253_402_300_800)
        {
            throw RpcErrors.InvalidField("schedule.time", "is not a time between 1970 and 9999");
        }
    }

    // Lenient is the rule of the product: a skipped time moves forward by the gap, and the first of two equal times counts.
    private static void Resolve(Schedule schedule, LocalTime time)
    {
        var name = time.Zone.Length > 0 ? time.Zone : schedule.Zone;
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(name)
            ?? throw RpcErrors.InvalidField("schedule.local.zone", $"\"{name}\" is not an IANA time zone");
        var local = s_patterns.Select(pattern => pattern.Parse(time.DateTime)).FirstOrDefault(parsed => parsed.Success)
            ?? throw RpcErrors.InvalidField("schedule.local.date_time", "must look like 2026-11-30T09:00");
        schedule.RunTime = Timestamp.FromDateTime(zone.AtLeniently(local.Value).ToDateTimeUtc());
        schedule.Zone = name;
        schedule.ClockChange = ClockChange.Describe(local.Value, zone, "sent");
    }
}
