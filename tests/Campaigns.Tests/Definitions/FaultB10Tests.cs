using Crm.Campaigns.V1;
using TagSegments.Campaigns.Definitions;
using LocalTime = Crm.Campaigns.V1.LocalTime;

namespace TagSegments.Campaigns.Tests.Definitions;

/// <summary>Fault B10: a schedule says in which zone it is told, and what a change of clocks makes of it.</summary>
public sealed class FaultB10Tests
{
    [Theory]
    [InlineData("2027-03-28T02:30", "Europe/Vienna", "Europe/Vienna", "02:30 does not exist on 2027-03-28 in Europe/Vienna; sent at 03:30")]
    [InlineData("2027-03-14T02:30", "", "America/New_York", "02:30 does not exist on 2027-03-14 in America/New_York; sent at 03:30")]
    [InlineData("2026-10-25T02:30", "Europe/Vienna", "Europe/Vienna", "02:30 occurs twice on 2026-10-25 in Europe/Vienna; sent the first time, at 02:30+02")]
    [InlineData("2026-11-30T09:00", "Europe/Vienna", "Europe/Vienna", "")]
    public void A_local_time_is_told_with_its_zone_and_shift(string time, string zone, string told, string change)
    {
        var resolved = ScheduleRules.Resolve(new Schedule { Local = new LocalTime { DateTime = time, Zone = zone } }, "America/New_York");

        Assert.Equal((told, change), (resolved.Zone, resolved.ClockChange));
    }

    [Fact]
    public void An_instant_has_the_zone_of_the_account_and_no_shift()
    {
        var sent = new Schedule { Time = new() { Seconds = 1_800_000_000 }, Zone = "forged", ClockChange = "forged" };

        var resolved = ScheduleRules.Resolve(sent, "America/New_York");

        Assert.Equal(("America/New_York", ""), (resolved.Zone, resolved.ClockChange));
    }
}
