using TagSegments.Filters.Text;
using TagSegments.Testing.Oracle;

namespace TagSegments.Filters.Tests.Faults;

/// <summary>Fault D14: <c>null</c> without quotes means empty, as it does where people come from, and never the text.</summary>
public sealed class FaultD14Tests
{
    [Theory]
    [InlineData("plan is null", "plan is empty")]
    [InlineData("plan is not null", "plan is not empty")]
    [InlineData("email = null", "email is empty")]
    [InlineData("email != null", "email is not empty")]
    [InlineData("email <> NULL", "email is not empty")]
    [InlineData("plan equals Null", "plan is empty")]
    [InlineData("score = null", "score is empty")]
    [InlineData("[birth day] is not null", "[birth day] is not empty")]
    [InlineData("seen != null AND active is null", "seen is not empty AND active is empty")]
    [InlineData("tier = null", "tier is empty")]
    [InlineData("likes is null", "likes is empty")]
    [InlineData("opportunity (product = null)", "opportunity (product is empty)")]
    [InlineData("did \"A\" (total is not null)", "did \"A\" (total is not empty)")]
    [InlineData("did \"A\" (total != null)", "did \"A\" (total is not empty)")]
    public void Null_is_empty(string text, string meant) =>
        Assert.Equal(FilterParser.Parse(meant, WorldNames.Catalog()), FilterParser.Parse(text, WorldNames.Catalog()));

    [Theory]
    [InlineData("plan > null", 8)]
    [InlineData("plan in (\"x\", null)", 15)]
    [InlineData("plan is one of (null)", 17)]
    [InlineData("plan contains null", 15)]
    [InlineData("score between null and 5", 15)]
    [InlineData("plan is at least null", 18)]
    public void Where_null_cannot_stand_the_error_says_what_to_write(string text, int column)
    {
        var error = Assert.Throws<FilterSyntaxException>(() => FilterParser.Parse(text, WorldNames.Catalog()));

        Assert.Equal(column, error.Column);
        Assert.Contains("null is not a value; what is missing is empty; expected is empty, is not empty or the text \"null\" in double quotes", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plan = \"null\"")]
    [InlineData("plan != 'NULL'")]
    [InlineData("plan in (\"null\", \"x\")")]
    public void A_text_in_quotes_stays_a_text(string text)
    {
        var filter = FilterParser.Parse(text, WorldNames.Catalog());

        Assert.Contains("null", filter.Field.Values[0], StringComparison.OrdinalIgnoreCase);
        Assert.Equal(filter, FilterParser.Parse(FilterPrinter.Print(filter, WorldNames.Catalog()), WorldNames.Catalog()));
    }
}
