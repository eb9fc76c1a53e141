using Crm.Campaigns.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Campaigns.Definitions;
using TagSegments.Testing;
using LocalTime = Crm.Campaigns.V1.LocalTime;

namespace TagSegments.Campaigns.Tests.Definitions;

public sealed class ScheduleTests
{
    [Theory]
    [InlineData("2026-11-30T09:00", "Europe/Berlin", "2026-11-30T08:00:00Z")]
    [InlineData("2026-11-30T09:00:30", "", "2026-11-30T14:00:30Z")]
    // Berlin's clocks go from 02:00 to 03:00: half past two is an hour later.
    [InlineData("2027-03-28T02:30", "Europe/Berlin", "2027-03-28T01:30:00Z")]
    // Lord Howe's gap is half an hour.
    [InlineData("2027-10-03T02:10", "Australia/Lord_Howe", "2027-10-02T15:40:00Z")]
    // Berlin's clocks show half past two twice: the first one is summer time.
    [InlineData("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00Z")]
    public void Reads_local_times_by_the_rules_of_daylight_saving(string local, string zone, string expected)
    {
        var schedule = new Schedule { Local = new LocalTime { DateTime = local, Zone = zone } };

        var resolved = ScheduleRules.Resolve(schedule, "America/New_York");

        Assert.Equal(DateTime.Parse(expected, null, System.Globalization.DateTimeStyles.AdjustToUniversal), resolved.RunTime.ToDateTime());
    }

    [Theory]
    [InlineData("2026-11-30", "UTC")]
    [InlineData("2026-02-30T09:00", "UTC")]
    [InlineData("2026-11-30T25:00", "UTC")]
    [InlineData("2026-11-30T09:00", "Europe/Atlantis")]
    public void Refuses_what_is_no_time_or_zone(string local, string zone)
    {
        var schedule = new Schedule { Local = new LocalTime { DateTime = local, Zone = zone } };

        Refuses(schedule);
    }

    [Fact]
    public void Refuses_timestamps_out_of_range()
    {
        var schedule = new Schedule { Time = new() { Seconds = 253_402_300_800 } };

        Refuses(schedule);
        Refuses(new Schedule { Time = new() { Seconds = 5, Nanos = -1 } });
        Refuses(null);
    }

    private static void Refuses(Schedule? schedule) =>
        Expect.Failure(StatusCode.InvalidArgument, ErrorReason.InvalidField, () => ScheduleRules.Resolve(schedule, "UTC"));
}
