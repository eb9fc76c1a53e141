using System.Globalization;
using Crm.Segments.V1;
using Crm.Workflows.V1;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.Workflows.Definitions;

namespace TagSegments.Workflows.Tests.Definitions;

public sealed class WaitTimeTests
{
    private static readonly AccountInfo s_berlin = new(1, "berlin", "Europe/Berlin", 1);

    [Theory]
    [InlineData(90, TimeUnit.Minute, "2026-01-31T10:00:00Z", "2026-01-31T11:30:00Z")]
    [InlineData(2, TimeUnit.Day, "2026-03-28T10:00:00Z", "2026-03-30T10:00:00Z")]
    [InlineData(1, TimeUnit.Month, "2026-01-31T10:00:00Z", "2026-02-28T10:00:00Z")]
    [InlineData(1, TimeUnit.Quarter, "2026-03-01T10:00:00Z", "2026-06-01T09:00:00Z")]
    [InlineData(1, TimeUnit.Year, "2024-02-29T10:00:00Z", "2025-02-28T10:00:00Z")]
    public void A_wait_lasts_its_period_in_the_zone_of_the_account(int count, TimeUnit unit, string from, string until) =>
        AssertEnds(new WaitAction { Period = new Period { Count = count, Unit = unit } }, from, until);

    [Theory]
    [InlineData("09:00", new int[0], "", "2026-11-23T07:00:00Z", "2026-11-23T08:00:00Z")]
    [InlineData("09:00", new int[0], "", "2026-11-23T08:00:00Z", "2026-11-24T08:00:00Z")]
    [InlineData("09:00", new[] { 1 }, "", "2026-11-23T09:00:00Z", "2026-11-30T08:00:00Z")]
    [InlineData("09:00", new[] { 6, 7 }, "", "2026-11-23T09:00:00Z", "2026-11-28T08:00:00Z")]
    [InlineData("09:00", new int[0], "America/New_York", "2026-11-23T07:00:00Z", "2026-11-23T14:00:00Z")]
    [InlineData("02:30", new int[0], "", "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z")]
    [InlineData("02:30", new int[0], "", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z")]
    public void A_wait_until_a_time_ends_when_the_clock_of_the_zone_shows_it_next(
        string time, int[] weekdays, string zone, string from, string until) =>
        AssertEnds(new WaitAction { TimeOfDay = new() { Time = time, Weekdays = { weekdays }, Zone = zone } }, from, until);

    [Theory]
    [InlineData("2026-12-24T09:30", "", "2026-11-23T07:00:00Z", "2026-12-24T08:30:00Z")]
    [InlineData("2026-12-24T09:30", "Asia/Tokyo", "2026-11-23T07:00:00Z", "2026-12-24T00:30:00Z")]
    [InlineData("2026-03-29T02:30", "", "2026-03-01T12:00:00Z", "2026-03-29T01:30:00Z")]
    [InlineData("2026-10-25T02:30", "", "2026-10-01T12:00:00Z", "2026-10-25T00:30:00Z")]
    [InlineData("2026-01-01T00:00", "", "2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z")]
    public void A_wait_until_a_day_and_time_ends_then_and_at_once_if_that_has_passed(string time, string zone, string from, string until) =>
        AssertEnds(new WaitAction { Moment = new() { Time = time, Zone = zone } }, from, until);

    [Theory]
    [InlineData("America/New_York", "2026-11-23T14:00:00Z")]
    [InlineData("", "2026-11-23T08:00:00Z")]
    public void A_wait_goes_by_the_zone_of_the_contact_if_asked(string contactZone, string until) => AssertEnds(
        new WaitAction { TimeOfDay = new() { Time = "09:00", ContactZone = true } }, "2026-11-23T07:00:00Z", until, contactZone);

    [Fact]
    public void A_wait_for_a_condition_ends_at_its_timeout_if_it_has_one()
    {
        Assert.Null(WaitTime.Of(new WaitAction { Until = new() }, s_berlin, "", DateTime.UnixEpoch));
        AssertEnds(
            new WaitAction { Until = new() { Timeout = new Period { Count = 3, Unit = TimeUnit.Hour } } }, "2026-11-23T07:00:00Z", "2026-11-23T10:00:00Z");
    }

    private static void AssertEnds(WaitAction wait, string from, string until, string contactZone = "")
    {
        var start = DateTime.Parse(from, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);

        Assert.Equal(DateTime.Parse(until, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal), start + WaitTime.Of(wait, s_berlin, contactZone, start));
    }
}
