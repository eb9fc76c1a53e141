using NodaTime;
using NodaTime.Text;
using TagSegments.Filters.Text;
using TagSegments.Filters.Windows;
using TagSegments.Testing.Oracle;

namespace TagSegments.Filters.Tests.Windows;

public sealed class WindowResolverTests
{
    [Theory]
    // Months clamp to the end of a shorter month.
    [InlineData("2026-03-31T10:00:00Z", "in last 1 month", "2026-02-28T11:00:00Z", "2026-03-31T10:00:00Z")]
    [InlineData("2024-02-29T10:00:00Z", "in last 1 year", "2023-02-28T10:00:00Z", "2024-02-29T10:00:00Z")]
    // A rolling day has 24 hours, also when the clocks change.
    [InlineData("2026-03-29T10:00:00Z", "in last 1 day", "2026-03-28T10:00:00Z", "2026-03-29T10:00:00Z")]
    // A calendar day has 23 or 25 hours when they do.
    [InlineData("2026-03-29T10:00:00Z", "today", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")]
    [InlineData("2026-10-25T10:00:00Z", "today", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z")]
    // A day that has no midnight begins at its first moment.
    [InlineData("2018-11-04T12:00:00Z", "today in zone \"America/Sao_Paulo\"", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z")]
    [InlineData("2026-11-23T23:30:00Z", "today", "2026-11-23T23:00:00Z", "2026-11-24T23:00:00Z")]
    [InlineData("2026-11-23T10:00:00Z", "this week", "2026-11-22T23:00:00Z", "2026-11-29T23:00:00Z")]
    [InlineData("2026-11-23T10:00:00Z", "this quarter", "2026-09-30T22:00:00Z", "2026-12-31T23:00:00Z")]
    [InlineData("2026-11-23T10:00:00Z", "in last 3 full days", "2026-11-19T23:00:00Z", "2026-11-22T23:00:00Z")]
    [InlineData("2026-01-15T10:00:00Z", "in last full month", "2025-11-30T23:00:00Z", "2025-12-31T23:00:00Z")]
    [InlineData("2026-11-23T10:00:00Z", "on 2026-11-23 in zone \"America/New_York\"", "2026-11-23T05:00:00Z", "2026-11-24T05:00:00Z")]
    public void Resolves_both_ends(string now, string window, string from, string until)
    {
        var clause = FilterParser.Parse($"seen {window}", WorldNames.Catalog()).Field;
        var resolver = new WindowResolver(Read(now), DateTimeZoneProviders.Tzdb["Europe/Berlin"], weekStart: 1);
        var zone = resolver.ZoneOf(clause.Window);

        var range = resolver.Resolve(clause.Window);

        Assert.Equal((Read(from), Read(until)), (range.From.ToInstant(zone)!.Value, range.Until.ToInstant(zone)!.Value));
    }

    [Theory]
    [InlineData("in last 1 day", "2026-11-22T10:00:00Z", "2026-11-23T09:59:59Z")]
    [InlineData("in next 1 day", "2026-11-23T10:00:00Z", "2026-11-24T09:59:59Z")]
    [InlineData("more than 1 day ago", "1900-01-01T00:00:00Z", "2026-11-22T09:59:59Z")]
    [InlineData("today", "2026-11-22T23:00:00Z", "2026-11-23T22:59:59Z")]
    [InlineData("on 2026-11-23 in zone \"UTC\"", "2026-11-23T00:00:00Z", "2026-11-23T23:59:59Z")]
    [InlineData("since 2026-11-23", "2026-11-22T23:00:00Z", "9000-01-01T00:00:00Z")]
    public void Holds_its_start_and_what_is_before_its_end(string window, string first, string last)
    {
        var asked = FilterParser.Parse($"seen {window}", WorldNames.Catalog()).Field.Window;
        var resolver = new WindowResolver(Instant.FromUtc(2026, 11, 23, 10, 0), DateTimeZoneProviders.Tzdb["Europe/Berlin"], weekStart: 1);

        Assert.True(resolver.Holds(asked, Read(first)) && resolver.Holds(asked, Read(last)));
        Assert.False(!first.StartsWith("19", StringComparison.Ordinal) && resolver.Holds(asked, Read(first) - Duration.FromSeconds(1)));
        Assert.False(!last.StartsWith('9') && resolver.Holds(asked, Read(last) + Duration.FromSeconds(1)));
    }

    private static Instant Read(string text) => InstantPattern.ExtendedIso.Parse(text).Value;
}
