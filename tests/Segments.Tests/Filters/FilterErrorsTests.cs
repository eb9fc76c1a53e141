using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Filters.Text;
using TagSegments.Segments.Sql;
using TagSegments.Testing;
using TagSegments.Testing.Oracle;

namespace TagSegments.Segments.Tests.Filters;

public sealed class FilterErrorsTests
{
    [Fact]
    public void A_text_that_is_no_filter_becomes_a_rich_status_with_place_and_expectation()
    {
        var error = new Failure(FilterErrors.Syntax(
            Assert.Throws<FilterSyntaxException>(() => FilterParser.Parse("has tag \"VIP\" AND", WorldNames.Catalog()))));

        error.Is(StatusCode.InvalidArgument, ErrorReason.FilterInvalid);
        Assert.Equal(("17", "1", "18", "a condition"), (error.Metadata["position"], error.Metadata["line"], error.Metadata["column"], error.Metadata["expected"]));
    }

    [Theory]
    [InlineData("has tag \"{0}\"")]
    [InlineData("{0} = 1")]
    [InlineData("everyone \"{0}\"")]
    [InlineData("score = \"{0}\"")]
    [InlineData("opportunity (stage = \"{0}\")")]
    public void Long_words_are_cut_in_the_message_because_details_travel_in_headers(string text)
    {
        var word = string.Concat(Enumerable.Repeat("a😀", 10_000));
        var error = Assert.Throws<FilterSyntaxException>(() =>
            FilterParser.Parse(text.Replace("{0}", text[0] == '{' ? $"[{word}]" : word, StringComparison.Ordinal), WorldNames.Catalog()));

        Assert.InRange(FilterErrors.Syntax(error).Trailers.Sum(entry => entry.IsBinary ? entry.ValueBytes.Length : entry.Value.Length), 1, 4_000);
    }
}
