namespace TagSegments.Segments.Tests.Filters;

/// <summary>The rules on dates, one test each, on PostgreSQL.</summary>
public sealed class DateRuleTests(RuleWorld world) : IClassFixture<RuleWorld>
{
    [Theory]
    [InlineData("seen in last 7 days", "1 5")]
    [InlineData("seen in last 168 hours", "1 5")]
    [InlineData("seen in last 1 week", "1 5")]
    [InlineData("seen in next 1 hour", "2")]
    [InlineData("seen in next 61 minutes", "2 4")]
    [InlineData("seen more than 7 days ago", "")]
    [InlineData("seen more than 6 days ago", "1")]
    public Task A_rolling_window_includes_its_start_and_excludes_its_end(string filter, string expected) => AssertAsync(filter, expected);

    [Theory]
    [InlineData("seen today", "2 4 5")]
    [InlineData("seen yesterday", "")]
    [InlineData("seen today in contact zone", "2 4")]
    [InlineData("seen yesterday in contact zone", "5")]
    [InlineData("seen today in zone \"America/New_York\"", "2 4")]
    [InlineData("seen on 2026-11-23", "2 4 5")]
    [InlineData("seen on 2026-11-23 in zone \"UTC\"", "2 4")]
    public Task A_calendar_window_is_whole_days_of_its_zone(string filter, string expected) => AssertAsync(filter, expected);

    [Fact]
    public async Task Days_are_the_accounts_by_default_and_the_contacts_on_request()
    {
        // 23:00 on the 22nd in UTC is midnight of the 23rd in Berlin, and 13:00 on the 23rd in Kiritimati, where it is the 24th now.
        await AssertAsync("[birth day] on 1990-11-24 AND seen in last 1 day", "5");
        await AssertAsync("anniversary of [birth day] is today", "2");
        await AssertAsync("anniversary of [birth day] is today in contact zone", "2 5");
    }

    [Theory]
    [InlineData("[birth day] today", "2")]
    [InlineData("[birth day] this week", "2")]
    [InlineData("[birth day] in last 3 full days", "")]
    [InlineData("[birth day] in full days -2 to 0", "2")]
    public Task Today_counts_in_this_but_not_in_last_full_days(string filter, string expected) => AssertAsync(filter, expected);

    [Fact]
    public Task Events_later_than_now_never_match_in_the_last() =>
        AssertAsync("opened email in last 30 days OR opened email in next 30 days OR opened email", "1 5");

    [Fact]
    public async Task Date_only_fields_have_no_zone()
    {
        await AssertAsync("[birth day] = 2026-11-23", "2");
        await AssertAsync("[birth day] on 2026-11-23 in zone \"Pacific/Kiritimati\"", "2");
        await AssertAsync("[birth day] in last 1 day", "2");
    }

    [Theory]
    [InlineData("anniversary of [birth day] is on 2027-02-28", "1 4")]
    [InlineData("anniversary of [birth day] is on 2028-02-28", "4")]
    [InlineData("anniversary of [birth day] is on 2028-02-29", "1")]
    [InlineData("anniversary of [birth day] is on 2027-02-28 with leap day on March first", "4")]
    [InlineData("anniversary of [birth day] is on 2027-03-01 with leap day on March first", "1")]
    public Task Anniversaries_of_29_February_fall_on_28_February_in_common_years(string filter, string expected) => AssertAsync(filter, expected);

    [Fact]
    public async Task Weeks_start_on_Monday_unless_the_account_says_otherwise()
    {
        // It happened on Sunday, and now it is Monday.
        Assert.Equal("", await world.MatchAsync("clicked email this week"));
        Assert.Equal("2", await world.MatchAsync("clicked email this week", weekStart: 7));
    }

    [Theory]
    [InlineData("[birth day] >= 0001-01-01", "1 2 4 5")]
    [InlineData("[birth day] <= 9999-12-31", "1 2 4 5")]
    [InlineData("seen since 0001-01-02", "1 2 4 5")]
    [InlineData("seen before 9999-12-30", "1 2 4 5")]
    [InlineData("seen in last 100000 years", "1 5")]
    [InlineData("seen in next 100000 years", "2 4")]
    public Task The_first_and_the_last_year_are_years(string filter, string expected) => AssertAsync(filter, expected);

    private async Task AssertAsync(string filter, string expected) => Assert.Equal(expected, await world.MatchAsync(filter));
}
