using TagSegments.Filters.Text;
using TagSegments.Testing.Oracle;

namespace TagSegments.Filters.Tests.Faults;

/// <summary>Faults E4, E5 and E11: what a text should have held at a place is told in words that can be followed.</summary>
public sealed class FaultE4Tests
{
    private static readonly string[] s_valid =
    [
        "has tag \"VIP\" AND (plan = \"x\" OR score >= 5) AND NOT opened email in last 7 days",
        "likes has any of (\"Tea\", \"Coffee\") OR tier in (\"Gold\", \"Silver\")",
        "has at least 2 opportunities (stage = \"Won\" AND amount > 5, due in next 30 days)",
        "did \"Webinar\" (total > 100 AND category in (\"Shoes\", \"Bags\")) at least 2 times in last 30 days",
        "sum of amount of opportunities (status = \"won\") >= 1000 AND in segment \"Engaged\"",
        "clicked email (link contains \"/pricing\") of campaign \"Spring\" since 2026-01-01",
        "tag \"Hot Lead\" added in full weeks -5 to -2 in zone \"Europe/Vienna\"",
        "anniversary of [birth day] is in next 7 full days and unsubscribed from email",
    ];

    [Theory]
    [InlineData("plan in (city = \"x\")", "a comma or a closing bracket )")]
    [InlineData("plan has (city = \"x\")", "a comma or a closing bracket )")]
    [InlineData("has any tag (\"VIP\" \"vip\")", "a comma or a closing bracket )")]
    [InlineData("plan ~ \"x\"", "expected contains")]
    [InlineData("plan like \"x\"", "a comparison (=, !=, <, <=, >, >=), between")]
    [InlineData("plan == \"x\"", "expected the sign = once")]
    [InlineData("plan = \"x\" && score > 5", "expected AND")]
    [InlineData("plan = \"x\" || score > 5", "expected OR")]
    [InlineData("! active = true", "expected NOT")]
    [InlineData("score => 5", "expected the sign >=")]
    [InlineData("score \u2265 5", "expected the sign >=")]
    [InlineData("plan = \"x\"; score > 5", "expected AND")]
    [InlineData("{plan = \"x\"}", "expected an opening bracket (")]
    [InlineData("plan = \"x\" $ 5", "expected a word, a number, a bracket or a text in double quotes")]
    public void E4_an_expectation_is_in_words(string text, string expected) => Assert.Contains(expected, Error(text).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("(plan = \"x\"", FilterErrorKind.Brackets, "the bracket at column 1 is not closed; expected AND, OR or a closing bracket )")]
    [InlineData("plan = \"x\")", FilterErrorKind.Brackets, "this bracket closes none; expected AND, OR or the end of the text")]
    [InlineData("has opportunity (amount > 5", FilterErrorKind.Brackets, "the bracket at column 17 is not closed")]
    [InlineData("[birth day = 2026-01-01", FilterErrorKind.Brackets, "the bracket [ is not closed")]
    [InlineData("plan = \"x", FilterErrorKind.Quotes, "the quote \" is not closed")]
    [InlineData("plan = \u201Cx", FilterErrorKind.Quotes, "the quote \u201C is not closed")]
    [InlineData("plan = O'Neil", FilterErrorKind.Quotes, "the quote ' is not closed")]
    public void E4_brackets_and_quotes_that_are_missing_are_named(string text, FilterErrorKind kind, string problem)
    {
        var error = Error(text);

        Assert.Equal(kind, error.Kind);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plan = \u201Cx y\u201D")]
    [InlineData("plan = \u201Ex y\u201C")]
    [InlineData("plan = \u201Dx y\u201D")]
    [InlineData("plan = 'x y'")]
    [InlineData("plan = \u2018x y\u2019")]
    [InlineData("plan = \u2019x y\u2019")]
    [InlineData("plan = \u00ABx y\u00BB")]
    [InlineData("plan = \u00BBx y\u00AB")]
    public void E4_quotes_of_word_processors_are_understood(string text) =>
        Assert.Equal(FilterParser.Parse("plan = \"x y\"", WorldNames.Catalog()), FilterParser.Parse(text, WorldNames.Catalog()));

    [Theory]
    [InlineData("did test", "'test' is no activity; the name of an event stands in double quotes; expected \"test\"")]
    [InlineData("did not Webinar Attended in last 7 days", "expected \"Webinar Attended\"")]
    [InlineData("did [Webinar Attended]", "expected \"Webinar Attended\"")]
    [InlineData("never Purchase", "expected \"Purchase\"")]
    [InlineData("sum of total of events Purchase > 5", "'Purchase' stands without quotes; expected \"Purchase\"")]
    [InlineData("has tag Hot Lead", "a name of several words has to be marked as one; expected \"Hot Lead\"")]
    [InlineData("birth day = 2026-01-01", "a name of several words has to be marked as one; expected [birth day]")]
    [InlineData("plan = New York AND score > 5", "a text of several words stands in double quotes; expected \"New York\"")]
    [InlineData("plan in (New York, Wien)", "expected \"New York\"")]
    [InlineData("has tag starting with Source", "'Source' stands without quotes; expected \"Source\"")]
    [InlineData("opened email today in zone Vienna", "'Vienna' stands without quotes; expected \"Vienna\"")]
    public void E5_quotes_that_are_missing_are_asked_for(string text, string problem)
    {
        var error = Error(text);

        Assert.Equal(FilterErrorKind.Quotes, error.Kind);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plan = gold adn score > 5", "AND")]
    [InlineData("did opend email", "opened")]
    [InlineData("opned email", "\"opened\"")]
    [InlineData("opened email in lsat 7 days", "last")]
    [InlineData("plan cotnains \"x\"", "contains")]
    public void E5_a_misspelt_word_is_no_text_without_quotes(string text, string suggestion) => Assert.Contains(suggestion, Error(text).Suggestions);

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\n\t")]
    [InlineData("()")]
    [InlineData("NOT ()")]
    public void E11_an_empty_filter_says_everyone(string text)
    {
        var error = Error(text);

        Assert.Equal(FilterErrorKind.Empty, error.Kind);
        Assert.Contains("for all contacts, say everyone; expected a condition or everyone", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void E4_no_damaged_text_leaves_its_reader_without_words()
    {
        var random = new Random(16);
        var refused = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var text = Damage(s_valid[i % s_valid.Length], random);
            try
            {
                FilterParser.Parse(text, WorldNames.Catalog());
            }
            catch (FilterSyntaxException e)
            {
                refused++;
                Assert.True(e.Expected.Count > 0, $"{text}\n{e.Message}");
                Assert.All(e.Expected, expected => Assert.True(expected.Any(char.IsLetter), $"{text}\n{e.Message}"));
                Assert.InRange(e.Position, 0, text.Length);
            }
        }

        Assert.InRange(refused, 5_000, 20_000);
    }

    // Leaves out, repeats, swaps or replaces a piece, sometimes twice.
    private static string Damage(string text, Random random)
    {
        const string Pieces = "()[],\"'=!<>&|~;:#-.\u201D09xyZ \u2265";
        for (var times = random.Next(1, 3); times > 0 && text.Length > 0; times--)
        {
            var at = random.Next(text.Length);
            var length = random.Next(1, Math.Min(8, text.Length - at + 1));
            text = random.Next(4) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, text.Substring(at, length)),
                2 => text.Insert(at, Pieces[random.Next(Pieces.Length)].ToString()),
                _ => text[..at],
            };
        }

        return text;
    }

    private static FilterSyntaxException Error(string text) =>
        Assert.Throws<FilterSyntaxException>(() => FilterParser.Parse(text, WorldNames.Catalog()));
}
