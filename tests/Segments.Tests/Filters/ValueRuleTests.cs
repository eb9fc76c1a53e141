namespace TagSegments.Segments.Tests.Filters;

/// <summary>The rules on values and logic, one test each, on PostgreSQL.</summary>
public sealed class ValueRuleTests(RuleWorld world) : IClassFixture<RuleWorld>
{
    [Theory]
    [InlineData("plan != \"Rural\"", "2 3 4 5")]
    [InlineData("plan not in (\"Rural\", \"rural\")", "3 4 5")]
    [InlineData("plan does not contain \"ural\"", "3 4 5")]
    [InlineData("score != 5", "2 3 4 5")]
    [InlineData("likes has none of (\"Tea\")", "2 3 4 5")]
    [InlineData("has none of tags (\"Hot Lead\")", "2 3 4 5")]
    public Task A_negative_clause_on_a_missing_value_is_true(string filter, string expected) => AssertAsync(filter, expected);

    [Theory]
    [InlineData("plan != \"Rural\" and is set", "2 5")]
    [InlineData("likes has none of (\"a]b\", \"Tea\") and is set", "")]
    [InlineData("score != 5 and is set", "2 4 5")]
    public Task A_negative_clause_can_ask_for_a_value(string filter, string expected) => AssertAsync(filter, expected);

    [Theory]
    [InlineData("score < 100", "1 2 4 5")]
    [InlineData("score between -1 and 1", "2")]
    [InlineData("plan contains \"ural\"", "1 2")]
    [InlineData("plan starts with \"R\"", "1")]
    [InlineData("plan ends with \"l\"", "1 2")]
    [InlineData("seen in last 9999 days", "1 5")]
    [InlineData("[birth day] before 9999-12-31", "1 2 4 5")]
    public Task A_comparison_range_or_window_on_a_missing_value_is_false(string filter, string expected) => AssertAsync(filter, expected);

    [Theory]
    [InlineData("plan = \"Rural\"")]
    [InlineData("plan != \"Rural\" and is set")]
    [InlineData("score < 1")]
    [InlineData("seen in last 7 days")]
    [InlineData("active = true")]
    [InlineData("likes has all of (\"Tea\")")]
    [InlineData("clicked email at most 0 times")]
    [InlineData("clicked email (link does not contain \"example\")")]
    [InlineData("bounced email (soft)")]
    [InlineData("has opportunity (amount > 0)")]
    [InlineData("sum of amount of opportunities != 100")]
    [InlineData("suppressed for email")]
    [InlineData("in segment \"Engaged\"")]
    public async Task NOT_is_the_exact_complement(string filter)
    {
        var both = (await world.MatchAsync(filter)).Split(' ').Concat((await world.MatchAsync($"NOT ({filter})")).Split(' '));

        Assert.Equal(["1", "2", "3", "4", "5"], both.Where(id => id.Length > 0).Order());
    }

    [Theory]
    [InlineData("plan is empty", "3 4")]
    [InlineData("score is empty", "3")]
    [InlineData("active is not empty", "1 2")]
    [InlineData("likes is empty", "2 3 4 5")]
    [InlineData("email is empty", "1 2 3 4")]
    public Task Empty_is_absent_blank_or_an_empty_list_but_not_zero_or_false(string filter, string expected) => AssertAsync(filter, expected);

    [Theory]
    [InlineData("score = 1.5", "4")]
    [InlineData("score = \"1.50\"", "4")]
    [InlineData("score > 9", "5")]
    [InlineData("score in (05, 12.3450)", "1 5")]
    public Task Numbers_compare_as_decimals_also_when_they_arrive_as_text(string filter, string expected) => AssertAsync(filter, expected);

    [Theory]
    [InlineData("plan = \"rural\"", "2")]
    [InlineData("plan = \"RURAL\"", "")]
    [InlineData("plan = \"RURAL\" ignoring case", "1 2")]
    [InlineData("plan contains \"UR\" ignoring case", "1 2")]
    [InlineData("plan != \"RURAL\" ignoring case", "3 4 5")]
    public Task Text_comparison_is_case_sensitive_unless_the_clause_says_otherwise(string filter, string expected) => AssertAsync(filter, expected);

    [Theory]
    [InlineData("plan contains \"%\"", "5")]
    [InlineData("plan contains \"_\"", "5")]
    [InlineData("plan contains \".\"", "5")]
    [InlineData("plan contains \"R%l\"", "")]
    [InlineData("plan starts with \"Rur_l\"", "")]
    [InlineData("plan ends with \"b\\\\\"", "5")]
    [InlineData("plan = \"' OR true --\"", "")]
    public Task Special_characters_are_plain_characters(string filter, string expected) => AssertAsync(filter, expected);

    [Fact]
    public async Task AND_binds_tighter_than_OR()
    {
        await AssertAsync("has tag \"VIP\" OR has tag \"Hot Lead\" AND score = 0", "4");
        await AssertAsync("(has tag \"VIP\" OR has tag \"Hot Lead\") AND score = 0", "");
    }

    [Fact]
    public async Task A_click_does_not_imply_an_open()
    {
        await AssertAsync("clicked email", "2");
        await AssertAsync("never opened email", "2 3 4");
    }

    [Theory]
    [InlineData("clicked email (link contains \"/Pricing\")", "2")]
    [InlineData("clicked email (link contains \"/pricing\")", "")]
    [InlineData("clicked email (link contains \"/pricing\" ignoring case)", "2")]
    [InlineData("clicked email (link = \"https://example.org/Pricing\")", "")]
    [InlineData("clicked email (link in (\"x\", \"https://example.org/Pricing?a=1\"))", "2")]
    [InlineData("clicked email (link ends with \"%20sale\")", "2")]
    [InlineData("clicked email (link contains \"g%s\")", "")]
    [InlineData("clicked email (link starts with \"https://example.org/\") exactly 2 times", "2")]
    [InlineData("clicked email (link starts with \"https://example.org/\") at least 3 times", "")]
    [InlineData("clicked email (link does not contain \"example\")", "2")]
    [InlineData("clicked email (link does not contain \"example\" and is set)", "")]
    [InlineData("clicked email (link is empty) exactly 1 time", "2")]
    [InlineData("clicked email (link contains \"/Pricing\") today", "")]
    [InlineData("clicked email (link contains \"/Pricing\") in last 2 days", "2")]
    [InlineData("clicked email (link contains \"/Pricing\") of campaign \"Spring\"", "")]
    [InlineData("clicked sms (link contains \"/Pricing\")", "")]
    [InlineData("never clicked email (link contains \"/Pricing\")", "1 3 4 5")]
    [InlineData("NOT clicked email (link contains \"/pricing\")", "1 2 3 4 5")]
    public Task Clicks_on_certain_links_count(string filter, string expected) => AssertAsync(filter, expected);

    [Theory]
    [InlineData("bounced email", "1 3 4")]
    [InlineData("bounced email (hard)", "1")]
    [InlineData("bounced email (soft)", "4")]
    [InlineData("bounced email (soft) at least 2 times", "4")]
    [InlineData("bounced email (soft) at least 2 times in last 36 hours", "")]
    [InlineData("bounced email (hard) today", "")]
    [InlineData("bounced sms (hard)", "")]
    [InlineData("never bounced email (hard)", "2 3 4 5")]
    [InlineData("never bounced email (hard) AND never bounced email (soft) AND bounced email", "3")]
    public Task A_bounce_of_unknown_class_is_neither_hard_nor_soft(string filter, string expected) => AssertAsync(filter, expected);

    [Fact]
    public async Task Grouped_conditions_hold_of_the_same_opportunity_others_of_any()
    {
        await AssertAsync("has opportunity (stage = \"Won\" AND amount > 1000)", "");
        await AssertAsync("has opportunity (stage = \"Won\") AND has opportunity (amount > 1000)", "1");
    }

    [Theory]
    [InlineData("sum of amount of opportunities (stage = \"Won\") >= 0", "1 2")]
    [InlineData("sum of amount of opportunities (stage = \"Won\") < 1", "2")]
    [InlineData("sum of amount of opportunities = 5100", "1")]
    [InlineData("has exactly 2 opportunities", "1")]
    [InlineData("has at most 1 opportunity", "2 3 4 5")]
    [InlineData("has no opportunity (status = won)", "3 4 5")]
    [InlineData("has opportunity (closed from 2017-10-01 until 2018-01-01)", "1")]
    public Task Opportunities_are_counted_and_summed(string filter, string expected) => AssertAsync(filter, expected);

    [Theory]
    [InlineData("has tag \"VIP\"", "4")]
    [InlineData("has tag \"vip\"", "5")]
    [InlineData("has any tag", "1 4 5")]
    [InlineData("has no tag", "2 3")]
    [InlineData("has all tags (\"Hot Lead\", \"Source: Web\")", "1")]
    [InlineData("has tag starting with \"Source: \"", "1")]
    [InlineData("has no tag starting with \"v\"", "1 2 3 4")]
    [InlineData("tag \"VIP\" added in last 2 days", "2")]
    [InlineData("in segment \"Engaged\"", "1")]
    public Task Tags_are_asked_for_exactly(string filter, string expected) => AssertAsync(filter, expected);

    [Theory]
    [InlineData("unsubscribed from email", "2")]
    [InlineData("never asked for email", "1 3 4 5")]
    [InlineData("suppressed for email", "5")]
    [InlineData("did \"Webinar Attended\"", "5")]
    [InlineData("opened email at least 3 times", "5")]
    [InlineData("opened email of campaign \"Spring\"", "1")]
    public Task Consent_and_behaviour_are_what_was_recorded(string filter, string expected) => AssertAsync(filter, expected);

    private async Task AssertAsync(string filter, string expected) => Assert.Equal(expected, await world.MatchAsync(filter));
}
