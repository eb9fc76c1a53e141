using TagSegments.Filters.Checks;
using TagSegments.Filters.Text;
using TagSegments.Filters.Tree;
using TagSegments.Testing.Oracle;

namespace TagSegments.Filters.Tests.Faults;

/// <summary>Fault E1: what the checks find in a filter that was read from a text has its place there, and says what would fit.</summary>
public sealed class FaultE1Tests
{
    private const string LongList = "…10,001 values";

    [Theory]

    // Operators and types.
    [InlineData("plan > 5", 1, 6, ">", "does not apply to plan, which is of type text", "contains")]
    [InlineData("score contains 1", 1, 7, "contains", "does not apply to score, which is of type number", "between ... and ...")]
    [InlineData("plan = \"x\" AND\n  likes = \"Tea\"", 2, 9, "=", "does not apply to likes, which is of type multiple choice", "has any of (...)")]
    [InlineData("[birth day] starts with 2026-01-01", 1, 13, "starts with", "which is of type date", "in last 7 days")]
    [InlineData("NOT (active in (true))", 1, 13, "in (", "which is of type boolean", "= (equals)")]
    [InlineData("has opportunity (margin contains 5)", 1, 25, "contains", "does not apply to margin", "< (less)")]
    [InlineData("score has any of (1)", 1, 7, "has any of (", "does not apply to score", "not in (...)")]
    [InlineData("did \"A\" (total contains 5)", 1, 16, "contains", "does not apply to values of type number", "= (equals)")]
    [InlineData("clicked email (link > \"x\")", 1, 21, ">", "must be a comparison of texts", "contains")]
    [InlineData("clicked email (link in last 7 days)", 1, 21, "in last 7 days", "must be a comparison of texts", "starts with")]

    // Options.
    [InlineData("plan = \"x\" and is set", 1, 12, "and is set", "applies to negative comparisons only", "!= (is not)")]
    [InlineData("score > 5 ignoring case", 1, 11, "ignoring case", "does not apply to this comparison", "a comparison of texts before it")]
    [InlineData("anniversary of [birth day] is in last 7 days", 1, 31, "in last 7 days", "must be calendar days for an anniversary", "this week")]

    // Values.
    [InlineData("plan = \"\"", 1, 8, "\"\"", "must not be empty; use is empty", null)]
    [InlineData("plan in (\"a\", \"  \")", 1, 15, "\"  \"", "must not be white space only", null)]
    [InlineData("tier = \"gold\"", 1, 8, "\"gold\"", "is not a choice of tier; did you mean Gold", "\"Silver\"")]
    [InlineData("likes has any of (\"Tea\", \"tea\")", 1, 26, "\"tea\"", "is not a choice of likes; did you mean Tea", "\"Coffee\"")]
    [InlineData("score between 5 and 2", 1, 21, "2", "must not be less than the first value", "the smaller value first")]
    [InlineData("seen between 2026-01-01 and 2026-01-02T00:00:00Z", 1, 14, "2026-01-01", "must be a time such as", null)]
    [InlineData("sum of amount of opportunities between 9 and 1", 1, 46, "1", "must not be less than the first value", "the smaller value first")]
    [InlineData("did \"A\" (total between 9 and 1)", 1, 30, "1", "must not be less than the first value", "the smaller value first")]
    [InlineData("sum of total of events \"A\" between 3 and 2", 1, 42, "2", "must not be less than the first value", "the smaller value first")]
    [InlineData("did \"\"", 1, 5, "\"\"", "is required", null)]

    // Numbers.
    [InlineData("opened email at least 0 times", 1, 23, "0", "must be at least 1", null)]
    [InlineData("opened email at least 5 and at most 2 times", 1, 37, "2", "must not be less than at_least", null)]
    [InlineData("has at least 0 opportunities", 1, 14, "0", "must be at least 1", null)]

    // Windows.
    [InlineData("tag \"VIP\" added in last 0 days", 1, 25, "0 days", "must be 1 to 100,000", null)]
    [InlineData("seen in next 100001 days", 1, 14, "100001 days", "must be 1 to 100,000", null)]
    [InlineData("seen more than 0 weeks ago", 1, 16, "0 weeks", "must be 1 to 100,000", null)]
    [InlineData("opened email this hour", 1, 14, "this hour", "must be a day or longer", "months")]
    [InlineData("seen in last 20000 full days", 1, 14, "20000 full days", "must be 1 to 10,000", null)]
    [InlineData("seen in full days -200000 to -199999", 1, 6, "in full days -200000 to -199999", "must be within 100,000", null)]
    [InlineData("seen from 2026-02-01 until 2026-01-01", 1, 6, "from 2026-02-01 until 2026-01-01", "must be later than the start", null)]
    [InlineData("opened email\nin last 7 days in zone \"Mars\"", 2, 24, "\"Mars\"", "is not an IANA time zone", "a zone such as \"Europe/Vienna\"")]

    // Tags and segments.
    [InlineData("has all tags", 1, 1, "has all tags", "must not be empty if all tags must match", "the names of tags in brackets: has all tags (\"A\", \"B\")")]
    [InlineData("plan = \"x\" OR in segment #ABC", 1, 26, "#ABC", "must be the id of a segment", "the name of a segment in double quotes")]
    [InlineData("opened email of campaign #17", 1, 26, "#17", "must be the id of a campaign", null)]

    // Limits.
    [InlineData(LongList, 1, 10, "in (\"a\", \"a\", \"a\", \"a\", \"a\", \"a\", \"a\", \"a\"…", "must not hold more than 10,000 values", null)]
    public void A_check_names_the_place(string text, int line, int column, string excerpt, string description, string? expected)
    {
        var isLong = text == LongList;
        text = isLong ? $"plan in ({string.Join(", ", Enumerable.Repeat("\"a\"", 10_001))})" : text;
        var (parsed, problems) = Check(text);

        var problem = problems.Violations[0];
        var place = parsed.Places.Find(parsed.Filter, problem.Field, "filter");
        Assert.Contains(description, problem.Description, StringComparison.Ordinal);
        Assert.Equal((line, column), (place.Line, place.Column));
        if (!isLong)
        {
            Assert.Equal(excerpt, place.Excerpt);
        }

        Assert.Equal(expected is not null, problem.Expected.Count > 0);
        Assert.True(expected is null || problem.Expected.Contains(expected), string.Join(" | ", problem.Expected));
    }

    [Theory]
    [InlineData("has tag #999", 1, 9, "tag")]
    [InlineData("plan = \"x\" AND has any tag (\"VIP\", #9)", 1, 36, "tag")]
    [InlineData("tag #999 added today", 1, 5, "tag")]
    [InlineData("#999 = \"x\"", 1, 1, "field")]
    [InlineData("NOT\n#19 = \"x\"", 2, 1, "field")]
    [InlineData("in segment #01900000-0000-7000-8000-0000000000ff", 1, 12, "segment")]
    [InlineData("clicked email of campaign #01900000-0000-7000-8000-0000000000ff", 1, 27, "campaign")]
    [InlineData("has opportunity (#999 = \"x\")", 1, 18, "field")]
    public void A_missing_thing_has_its_place(string text, int line, int column, string resource)
    {
        var (parsed, problems) = Check(text);

        var missing = problems.Missing[0];
        var place = parsed.Places.Find(parsed.Filter, missing.Path, "filter");
        Assert.Equal((line, column, resource), (place.Line, place.Column, missing.Resource));
    }

    [Fact]
    public void A_filter_of_too_many_clauses_or_levels_names_the_first_one_beyond()
    {
        var clauses = string.Join(" AND\n", Enumerable.Repeat("everyone", FilterLimits.Clauses + 1));
        var levels = string.Concat(Enumerable.Repeat("(plan = \"x\" OR score > 1 AND ", 20)) + "everyone" + new string(')', 20);

        var (wide, tooMany) = Check(clauses);
        var (deep, tooDeep) = Check(levels);

        Assert.True(tooMany.IsTooLarge && tooDeep.IsTooLarge);
        Assert.Equal((1001, 1), PlaceOf(wide, tooMany));
        Assert.InRange(PlaceOf(deep, tooDeep).Column, 300, levels.Length);
    }

    [Fact]
    public void Equal_clauses_are_told_apart()
    {
        var (parsed, problems) = Check("plan > 5 OR plan > 5");

        Assert.Equal([6, 18], problems.Violations.Select(violation => parsed.Places.Find(parsed.Filter, violation.Field, "filter").Column));
    }

    [Theory]
    [InlineData("filter", 1)]
    [InlineData("filter.any_of.filters[1].field", 13)]
    [InlineData("filter.any_of.filters[1].field.field.attribute", 13)]
    [InlineData("filter.any_of.filters[7].field.values[9]", 1)]
    [InlineData("filter.unheard.of[3]", 1)]
    public void What_has_no_place_of_its_own_has_that_of_the_part_around_it(string path, int column)
    {
        var parsed = FilterParser.Read("plan = 1 OR email = 2", WorldNames.Catalog());

        Assert.Equal(column, parsed.Places.Find(parsed.Filter, path, "filter").Column);
    }

    private static (ParsedFilter Parsed, FilterProblems Problems) Check(string text)
    {
        var parsed = FilterParser.Read(text, WorldNames.Catalog());
        return (parsed, FilterValidator.Validate(parsed.Filter, WorldNames.Catalog()));
    }

    private static (int Line, int Column) PlaceOf(ParsedFilter parsed, FilterProblems problems)
    {
        var place = parsed.Places.Find(parsed.Filter, problems.Violations[^1].Field, "filter");
        return (place.Line, place.Column);
    }
}
