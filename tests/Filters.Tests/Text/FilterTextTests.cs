using NodaTime;
using TagSegments.Filters.Checks;
using TagSegments.Filters.Text;
using TagSegments.Testing;
using TagSegments.Testing.Oracle;
using Xunit.Abstractions;

namespace TagSegments.Filters.Tests.Text;

public sealed class FilterTextTests(ITestOutputHelper output)
{
    [Fact]
    public void Ten_thousand_random_trees_read_back_as_they_were_printed()
    {
        var seed = Seed.Value;
        output.WriteLine($"seed {seed}");
        var catalog = WorldNames.Catalog();
        var filters = new FilterGenerator(new Random(seed), catalog, Instant.FromUtc(2026, 11, 23, 10, 20));
        for (var i = 0; i < 10_000; i++)
        {
            var tree = filters.Tree(6);
            var text = FilterPrinter.Print(tree, catalog);
            var read = FilterParser.Parse(text, catalog);
            Assert.True(tree.Equals(read), $"seed {seed}: {text}\n{tree}\n{read}");
            Assert.Equal(tree, FilterNormalizer.Normalize(tree));
        }
    }
}
