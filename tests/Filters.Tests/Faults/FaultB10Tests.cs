using NodaTime;
using NodaTime.Text;
using TagSegments.Filters.Windows;

namespace TagSegments.Filters.Tests.Faults;

/// <summary>Fault B10: a time that a change of clocks leaves out or repeats is said.</summary>
public sealed class FaultB10Tests
{
    [Theory]
    [InlineData("2027-03-28T02:30:00", "Europe/Vienna", "02:30 does not exist on 2027-03-28 in Europe/Vienna; sent at 03:30")]
    [InlineData("2027-03-28T02:00:00", "Europe/Vienna", "02:00 does not exist on 2027-03-28 in Europe/Vienna; sent at 03:00")]
    [InlineData("2027-03-28T02:59:59", "Europe/Vienna", "02:59:59 does not exist on 2027-03-28 in Europe/Vienna; sent at 03:59:59")]
    [InlineData("2027-10-03T02:10:00", "Australia/Lord_Howe", "02:10 does not exist on 2027-10-03 in Australia/Lord_Howe; sent at 02:40")]
    [InlineData("2027-03-14T02:30:00", "America/New_York", "02:30 does not exist on 2027-03-14 in America/New_York; sent at 03:30")]
    [InlineData("2026-10-25T02:30:00", "Europe/Vienna", "02:30 occurs twice on 2026-10-25 in Europe/Vienna; sent the first time, at 02:30+02")]
    [InlineData("2026-11-01T01:15:00", "America/New_York", "01:15 occurs twice on 2026-11-01 in America/New_York; sent the first time, at 01:15-04")]
    [InlineData("2027-03-28T01:59:00", "Europe/Vienna", "")]
    [InlineData("2027-03-28T03:00:00", "Europe/Vienna", "")]
    [InlineData("2027-03-29T02:30:00", "Europe/Vienna", "")]
    [InlineData("2027-03-28T02:30:00", "UTC", "")]
    public void A_day_on_which_the_clocks_change_is_named(string time, string zone, string expected) =>
        Assert.Equal(expected, ClockChange.Describe(LocalDateTimePattern.ExtendedIso.Parse(time).Value, DateTimeZoneProviders.Tzdb[zone], "sent"));

    [Theory]
    [InlineData("02:30", "", "Europe/Vienna", "2026-11-30T06:00:00Z", "02:30 does not exist on 2027-03-28")]
    [InlineData("02:30", "", "Europe/Vienna", "2027-03-29T06:00:00Z", "02:30 occurs twice on 2027-10-31")]
    [InlineData("02:30", "7", "Europe/Vienna", "2026-11-30T06:00:00Z", "02:30 does not exist on 2027-03-28")] // a Sunday
    [InlineData("02:30", "1,2,3,4,5", "Europe/Vienna", "2026-11-30T06:00:00Z", "")]
    [InlineData("09:00", "", "Europe/Vienna", "2026-11-30T06:00:00Z", "")]
    [InlineData("02:30", "", "Asia/Tokyo", "2026-11-30T06:00:00Z", "")]
    public void The_next_such_day_of_a_time_of_day_is_named(string time, string weekdays, string zone, string now, string expected)
    {
        var found = ClockChange.DescribeNext(
            LocalTimePattern.CreateWithInvariantCulture("HH:mm").Parse(time).Value,
            [.. weekdays.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(day => int.Parse(day, null))],
            DateTimeZoneProviders.Tzdb[zone],
            InstantPattern.General.Parse(now).Value,
            "the wait ends");

        Assert.StartsWith(expected, found, StringComparison.Ordinal);
        Assert.Equal(expected.Length == 0, found.Length == 0);
    }
}
