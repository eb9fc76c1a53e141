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
    // A third of what threads of the pool have.
    private const int Stack = 512 * 1024;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly FilterCatalog s_catalog = WorldNames.Catalog();

    public static TheoryData<string> Names => [.. FilterTexts.All.Concat(PlainTexts.All).Select(text => text.Name).Distinct()];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_hostile_text_is_read_or_refused(string name)
    {
        foreach (var size in new[] { 1_000, FilterLimits.TextBytes, FilterLimits.FilterBytes })
        {
            var text = FilterTexts.All.Concat(PlainTexts.All).First(text => text.Name == name).Make(size, new Random(1));

            var problem = await ReadAsync(text).WaitAsync(s_patience);

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

    // What was read is checked, too: a filter is refused by its tree as well as by its text.
    private static Task<Exception?> ReadAsync(string text)
    {
        var end = new TaskCompletionSource<Exception?>();
        new Thread(() => end.SetResult(Record.Exception(() => FilterValidator.Validate(FilterParser.Parse(text, s_catalog), s_catalog))), Stack)
        {
            IsBackground = true,
        }.Start();
        return end.Task;
    }
}
