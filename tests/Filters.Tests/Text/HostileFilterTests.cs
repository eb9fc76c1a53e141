using TagSegments.Filters.Catalog;
using TagSegments.Filters.Checks;
using TagSegments.Filters.Text;
using TagSegments.Filters.Tree;
using TagSegments.Testing.HostileTexts;
using TagSegments.Testing.Oracle;

namespace TagSegments.Filters.Tests.Text;

/// <summary>Texts that are deep, wide or long, up to the limit of a filter: each is read or refused, on a small stack and in little time.</summary>
public sealed class HostileFilterTests
{
    private static readonly FilterCatalog s_catalog = WorldNames.Catalog();

    public static TheoryData<string> Names => [.. FilterTexts.All.Concat(PlainTexts.All).Select(text => text.Name).Distinct()];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_hostile_text_is_read_or_refused(string name)
    {
        foreach (var size in new[] { 1_000, FilterLimits.TextBytes, FilterLimits.FilterBytes })
        {
            var text = FilterTexts.All.Concat(PlainTexts.All).First(text => text.Name == name).Make(size, new Random(1));

            // What was read is checked, too: a filter is refused by its tree as well as by its text.
            var problem = await SmallStack.RunAsync(() => FilterValidator.Validate(FilterParser.Parse(text, s_catalog), s_catalog));

            Assert.True(problem is null or FilterSyntaxException, $"{size}: {problem}");
        }
    }

    [Fact]
    public void A_text_with_too_many_words_is_refused_before_they_are_all_read()
    {
        var text = string.Concat(Enumerable.Repeat(",", FilterLimits.Tokens + 1));

        Assert.True(Assert.Throws<FilterSyntaxException>(() => FilterParser.Parse(text, s_catalog)).IsTooLarge);
    }

    [Fact]
    public void The_longest_list_is_still_read()
    {
        var text = $"plan in ({string.Join(", ", Enumerable.Range(0, FilterLimits.Operands).Select(i => $"\"{i}\""))})";

        Assert.Equal(FilterLimits.Operands, FilterParser.Parse(text, s_catalog).Field.Values.Count);
    }
}
