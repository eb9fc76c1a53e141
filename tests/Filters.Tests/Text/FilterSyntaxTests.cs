using TagSegments.Filters.Checks;
using TagSegments.Filters.Text;
using TagSegments.Testing.Oracle;

namespace TagSegments.Filters.Tests.Text;

/// <summary>The texts that can be written, and the canonical form in which they are printed.</summary>
public sealed class FilterSyntaxTests
{
    [Theory]
    [InlineData("has tag \"Hot Lead\" AND opened email in last 7 days")]
    [InlineData("NOT (plan = \"DE\" OR has any tag (\"VIP\", \"vip\"))")]
    [InlineData("has opportunity (pipeline = \"Sales\" AND stage in (\"Engaging\", \"Won\") AND amount >= 1000)")]
    [InlineData("clicked email at least 3 times in last 30 days")]
    [InlineData("clicked email (link contains \"/pricing\" ignoring case) of campaign \"Spring\" at least 2 times in last 30 days")]
    [InlineData("clicked sms (link not in (\"a\", \"b\") and is set)")]
    [InlineData("never clicked email (link is empty)")]
    [InlineData("bounced email (hard) exactly 1 time")]
    [InlineData("bounced sms (soft) in last 7 days")]
    [InlineData("in segment \"Engaged\"")]
    [InlineData("anniversary of [birth day] is today in contact zone")]
    [InlineData("[opened] = \"x\"")]
    [InlineData("plan != \"x\" and is set AND score = -1.50")]
    [InlineData("NOT NOT everyone")]
    [InlineData("((everyone AND everyone) AND everyone) OR everyone")]
    [InlineData("did unsubscribe from email")]
    [InlineData("unsubscribed from email in last 30 days")]
    [InlineData("unsubscribed from sms")]
    [InlineData("seen in full weeks -5 to -2 in zone \"Europe/Berlin\"")]
    [InlineData("has all tags (\"VIP\")")]
    [InlineData("never did \"Webinar Attended\" of campaign \"Spring\" this month")]
    [InlineData("sum of amount of opportunities (status = \"won\") between 1 and 40000")]
    public void Prints_canonical_text_as_it_is(string text) => Assert.Equal(text, Print(text));

    [Theory]
    [InlineData("HAS TAG \"VIP\" or Has Tag vip and everyone", "has tag \"VIP\" OR (has tag \"vip\" AND everyone)")]
    [InlineData("has tag: VIP", "has tag \"VIP\"")]
    [InlineData("has tags", "has any tag")]
    [InlineData("does not have tag \"VIP\"", "has none of tags (\"VIP\")")]
    [InlineData("no email opened in last 90 days", "never opened email in last 90 days")]
    [InlineData("opened email never", "never opened email")]
    [InlineData("has not opened email in the last 90 days", "never opened email in last 90 days")]
    [InlineData("did not open email", "never opened email")]
    [InlineData("was never sent email", "never was sent email")]
    [InlineData("opened emails ever", "opened email")]
    [InlineData("no emails clicked in last 7 days (Link = pricing)", "never clicked email (link = \"pricing\") in last 7 days")]
    [InlineData("Bounced Email at least 2 times (HARD)", "bounced email (hard) at least 2 times")]
    [InlineData("opportunity (closed between 2017-10-01 and 2017-12-31)", "has opportunity (closed between 2017-10-01 and 2017-12-31)")]
    [InlineData("no deal (stage = Prospecting)", "has no opportunity (stage = \"Prospecting\")")]
    [InlineData("has at least 8 deals (stage in (Engaging, Prospecting))", "has at least 8 opportunities (stage in (\"Engaging\", \"Prospecting\"))")]
    [InlineData("plan = retail", "plan = \"retail\"")]
    [InlineData("plan = 12", "plan = \"12\"")]
    [InlineData("score = \"12.5\"", "score = 12.5")]
    [InlineData("active = 1", "active = true")]
    [InlineData("opportunity (status = Won)", "has opportunity (status = \"won\")")]
    [InlineData("[Birth-Day] is today", "anniversary of [birth day] is today")]
    [InlineData("score is at least 5", "score >= 5")]
    [InlineData("plan is not set", "plan is empty")]
    [InlineData("plan is not one of (a, b)", "plan not in (\"a\", \"b\")")]
    [InlineData("created >= 2026-01-01", "created since 2026-01-01")]
    [InlineData("created = 2026-01-01", "created on 2026-01-01")]
    [InlineData("created <= 2026-01-31", "created before 2026-02-01")]
    public void Reads_what_people_write(string text, string canonical)
    {
        Assert.Equal(canonical, Print(text));
        Assert.Equal(canonical, Print(canonical));
    }

    [Theory]
    [InlineData("has tag #9")]
    [InlineData("tag #4711 added in last 7 days")]
    [InlineData("#19 = \"x\"")]
    [InlineData("#4711 is empty")]
    [InlineData("in segment #01900000-0000-7000-8000-00000000dead")]
    [InlineData("opened email of campaign #01900000-0000-7000-8000-00000000dead")]
    public void What_is_gone_is_written_by_its_number(string text)
    {
        Assert.Equal(text, Print(text));
        Assert.Single(FilterValidator.Validate(FilterParser.Parse(text, WorldNames.Catalog()), WorldNames.Catalog()).Missing);
    }

    private static string Print(string text)
    {
        var catalog = WorldNames.Catalog();
        return FilterPrinter.Print(FilterParser.Parse(text, catalog), catalog);
    }
}
