using TagSegments.Filters.Checks;
using TagSegments.Filters.Text;
using TagSegments.Filters.Tree;
using TagSegments.Testing.Oracle;

namespace TagSegments.Filters.Tests.Text;

public sealed class FilterParserErrorTests
{
    [Theory]
    [InlineData("", 1, 1, "expected a condition")]
    [InlineData("()", 1, 2, "group must not be empty")]
    [InlineData("has tag \"VIP\" AND", 1, 18, "expected a condition")]
    [InlineData("has tag \"VIP\" has tag \"vip\"", 1, 15, "expected AND, OR or the end of the text")]
    [InlineData("(has tag \"VIP\"", 1, 15, "expected AND, OR or a closing bracket )")]
    [InlineData("has tag \"VIP", 1, 9, "not closed")]
    [InlineData("plan in ()", 1, 10, "list must not be empty")]
    [InlineData("has any tag ()", 1, 14, "list must not be empty")]
    [InlineData("score = \"many\"", 1, 9, "expected a number such as 12.5")]
    [InlineData("score >= 1e5", 1, 10, "expected a number such as 12.5")]
    [InlineData("[birth day] = 2026-02-30", 1, 15, "expected a date such as 2026-11-23")]
    [InlineData("active = maybe", 1, 10, "expected true or false")]
    [InlineData("plan ~ \"x\"", 1, 6, "'~' cannot stand here")]
    [InlineData("opened email in last 7", 1, 23, "expected minutes")]
    [InlineData("opened email in last seven days", 1, 22, "not a unit of time")]
    [InlineData("tag \"VIP\" added", 1, 16, "expected in last")]
    [InlineData("opportunity (stage = \"Won\" OR amount > 5)", 1, 28, "joined by AND")]
    [InlineData("opened email (link contains \"x\")", 1, 14, "clicks a link and bounces a class; write did")]
    [InlineData("clicked email ()", 1, 16, "expected link")]
    [InlineData("clicked email (hard)", 1, 16, "expected link")]
    [InlineData("clicked email ((link = \"x\"))", 1, 16, "expected link")]
    [InlineData("clicked email (link)", 1, 20, "not a comparison")]
    [InlineData("clicked email (link contains)", 1, 29, "expected a text in double quotes")]
    [InlineData("clicked email (link = \"x\" OR link = \"y\")", 1, 27, "write in (...) for one of several links")]
    [InlineData("clicked email (link = \"x\" AND link = \"y\")", 1, 27, "one condition on the link")]
    [InlineData("clicked email (link = \"x\"", 1, 26, "expected a closing bracket )")]
    [InlineData("clicked email (link = \"x\") (link = \"y\")", 1, 28, "cannot stand here")]
    [InlineData("bounced email (link = \"x\")", 1, 16, "expected hard or soft")]
    [InlineData("bounced email ()", 1, 16, "expected hard or soft")]
    [InlineData("bounced email (hard, soft)", 1, 20, "expected a closing bracket )")]
    [InlineData("has at least many opportunities", 1, 14, "expected a whole number")]
    [InlineData("plan is empty\nAND\n  score < x", 3, 11, "expected a number")]
    [InlineData("opened email (total > 1)", 1, 14, "only custom events have properties")]
    [InlineData("did \"A\" ()", 1, 10, "name of a property")]
    [InlineData("did \"A\" (total > 1", 1, 19, "expected AND or a closing bracket )")]
    [InlineData("did \"A\" (total > 1 OR total < 0)", 1, 20, "conditions on one event are all joined by AND")]
    [InlineData("did \"A\" ((total > 1))", 1, 10, "brackets cannot stand in the brackets of an event")]
    [InlineData("did \"A\" ([] > 1)", 1, 10, "1 to 200 characters")]
    [InlineData("did \"A\" (\"\" > 1)", 1, 10, "1 to 200 characters")]
    [InlineData("did \"A\" (total in (1, \"2\"))", 1, 23, "another type than the values before it; expected a number")]
    [InlineData("did \"A\" (total in (\"1\", true))", 1, 25, "another type")]
    [InlineData("did \"A\" (total between 1 and 2026-01-01)", 1, 30, "another type")]
    [InlineData("did \"A\" (total like \"x\")", 1, 16, "not a comparison of properties; expected a comparison (=, !=, <, <=, >, >=), between")]
    [InlineData("did \"A\" (total in last 7 days)", 1, 16, "not a comparison of properties")]
    [InlineData("did \"A\" (total has any of (\"x\"))", 1, 16, "not a comparison of properties")]
    [InlineData("did \"A\" (total > 1e5)", 1, 18, "a number such as 12.5")]
    [InlineData("sum of total of events \"A\" at least 2 times > 5", 1, 45, "a sum has no number of times")]
    [InlineData("sum of total of events \"A\" >= \"much\"", 1, 31, "a number such as 12.5")]
    [InlineData("sum of total of events \"A\" contains 5", 1, 38, "a sum cannot be compared so; expected a comparison (=")]
    [InlineData("sum of total of events", 1, 23, "the name of an event")]
    [InlineData("sum of total of opportunities > 5", 1, 8, "expected amount")]
    public void Names_the_place_and_what_was_expected(string text, int line, int column, string problem)
    {
        var error = Assert.Throws<FilterSyntaxException>(() => FilterParser.Parse(text, WorldNames.Catalog()));

        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("has tag \"Hot Laed\"", "\"Hot Lead\"")]
    [InlineData("has tag \"hot lead\"", "\"Hot Lead\"")]
    [InlineData("has tag \"Vip\"", "\"VIP\"")]
    [InlineData("plann = \"x\"", "\"plan\"")]
    [InlineData("[birthday] = 2026-01-01", "\"birth day\"")]
    [InlineData("frist_name = \"x\"", "\"first_name\"")]
    [InlineData("in segment \"Engagd\"", "\"Engaged\"")]
    [InlineData("opened email of campaign \"Sprign\"", "\"Spring\"")]
    [InlineData("opportunity (stage = \"Engageing\")", "\"Engaging\"")]
    [InlineData("opportunity (status = \"wun\")", "\"won\"")]
    [InlineData("tier = \"Godl\"", "\"Gold\"")]
    [InlineData("hsa tag \"VIP\"", "\"has\"")]
    [InlineData("opened emial", "email")]
    [InlineData("clicked email (lnik = \"x\")", "link")]
    [InlineData("bounced email (sotf)", "soft")]
    [InlineData("opened email in last 7 dasy", "days")]
    public void Suggests_what_may_have_been_meant(string text, string suggestion)
    {
        var error = Assert.Throws<FilterSyntaxException>(() => FilterParser.Parse(text, WorldNames.Catalog()));

        Assert.Contains(suggestion, error.Suggestions);
    }

    [Fact]
    public void Refuses_nesting_beyond_the_limit_without_a_stack_overflow()
    {
        var catalog = WorldNames.Catalog();
        string Nested(int levels) => new string('(', levels) + "everyone" + new string(')', levels);

        FilterParser.Parse(Nested(FilterLimits.Depth), catalog);
        Assert.True(Assert.Throws<FilterSyntaxException>(() => FilterParser.Parse(Nested(FilterLimits.Depth + 1), catalog)).IsTooLarge);
        Assert.True(Assert.Throws<FilterSyntaxException>(() => FilterParser.Parse(Nested(30_000), catalog)).IsTooLarge);
        Assert.True(Assert.Throws<FilterSyntaxException>(() => FilterParser.Parse(string.Concat(Enumerable.Repeat("NOT ", 16_000)), catalog)).IsTooLarge);
        Assert.True(Assert.Throws<FilterSyntaxException>(() => FilterParser.Parse(new string('x', FilterLimits.FilterBytes + 1), catalog)).IsTooLarge);
    }

    [Fact]
    public void Refuses_lone_surrogates()
    {
        var surrogate = new string('\uD800', 1);
        Assert.Throws<FilterSyntaxException>(() => FilterParser.Parse($"has tag \"{surrogate}\"", WorldNames.Catalog()));
        Assert.Throws<FilterSyntaxException>(() => FilterParser.Parse(surrogate, WorldNames.Catalog()));
    }

    [Theory]
    [InlineData("\0")]
    [InlineData("has tag \"\0\"")]
    [InlineData("\"'; DROP TABLE crm.contact; --")]
    [InlineData("AND AND AND")]
    [InlineData("NOT")]
    [InlineData("#")]
    [InlineData("[")]
    [InlineData("-")]
    [InlineData("has")]
    [InlineData("no")]
    [InlineData("sum of")]
    [InlineData("plan is")]
    [InlineData("plan not")]
    [InlineData("never")]
    [InlineData("#99999999999999999999 = 1")]
    public void Reads_hostile_text_as_an_error_or_as_a_value(string text)
    {
        try
        {
            var filter = FilterParser.Parse(text, WorldNames.Catalog());
            Assert.NotEmpty(FilterValidator.Validate(filter, WorldNames.Catalog()).Violations);
        }
        catch (FilterSyntaxException e)
        {
            Assert.InRange(e.Position, 0, text.Length);
            Assert.NotEmpty(e.Message);
        }
    }
}
