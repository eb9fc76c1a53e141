using Crm.Segments.V1;
using NodaTime;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Checks;
using TagSegments.Filters.Text;
using TagSegments.Segments.Definitions.Versions;
using TagSegments.Filters.Tree;
using TagSegments.Segments.Evaluation;
using TagSegments.Testing;
using TagSegments.Testing.Oracle;
using Xunit.Abstractions;
using Change = Crm.Segments.V1.DiffLine.Types.Change;

namespace TagSegments.Segments.Tests.Definitions.Versions;

public sealed class FilterDiffTests(ITestOutputHelper output)
{
    private static readonly FilterCatalog s_catalog = WorldNames.Catalog();

    public static TheoryData<string, string, string> Examples => new()
    {
        { "score > 5", "score > 5", "  score > 5" },
        { "score > 5", "score > 6", "- score > 5\n+ score > 6" },
        { "score > 5", "score > 5 AND has no tag", "+ all of\n    score > 5\n+   has no tag" },
        { "score > 5 AND has no tag", "has no tag", "- all of\n-   score > 5\n    has no tag" },
        { "score > 5 AND has no tag", "has no tag AND score > 5", "  all of\n    has no tag\n    score > 5" },
        { "score > 5 AND has no tag", "score > 5 OR has no tag", "- all of\n+ any of\n    score > 5\n    has no tag" },
        { "score > 5", "NOT score > 5", "+ not\n    score > 5" },
        { "NOT score > 5", "score > 5", "- not\n    score > 5" },
        {
            "score > 5 AND has no tag AND everyone", "has no tag AND score > 6 AND everyone",
            "  all of\n-   score > 5\n+   score > 6\n    has no tag\n    everyone"
        },
        {
            "everyone AND (score > 5 OR has no tag)", "(score > 5 OR has no tag OR language = \"DE\") AND everyone",
            "  all of\n    any of\n      score > 5\n      has no tag\n+     language = \"DE\"\n    everyone"
        },
        {
            "everyone AND language = \"DE\"", "everyone AND (language = \"DE\" OR score > 5)",
            "  all of\n    everyone\n+   any of\n      language = \"DE\"\n+     score > 5"
        },
        { "everyone AND score > 5 AND has no tag", "everyone AND has no tag", "  all of\n    everyone\n-   score > 5\n    has no tag" },
    };

    [Theory]
    [MemberData(nameof(Examples))]
    public void A_difference_reads_as_an_edit(string before, string after, string expected)
    {
        var lines = FilterDiff.Between(Parse(before), Parse(after), s_catalog);

        // Where a clause stays in its place in a reordered group does not matter.
        Assert.Equal(expected.Split('\n').Order(), Write(lines).Order());
    }

    [Fact]
    public void Every_line_of_both_filters_is_in_the_difference_of_any_two()
    {
        var seed = Seed.Value;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var filters = new FilterGenerator(random, s_catalog, Instant.FromUtc(2026, 11, 23, 10, 20));
        for (var i = 0; i < 5_000; i++)
        {
            var before = FilterNormalizer.Normalize(filters.Tree(5));
            var after = FilterNormalizer.Normalize(random.Next(4) == 0 ? filters.Tree(5) : Edit(before, filters, random));
            var lines = FilterDiff.Between(before, after, s_catalog);

            Assert.Equal(Whole(before), Texts(lines.Where(line => line.Change != Change.Added)));
            Assert.Equal(Whole(after), Texts(lines.Where(line => line.Change != Change.Removed)));
        }
    }

    [Fact]
    public void A_thousand_clauses_are_compared_with_a_thousand_others()
    {
        static Filter Pairs(int offset) => new()
        {
            AllOf = new FilterGroup
            {
                Filters = { Enumerable.Range(0, 499).Select(i => Parse($"contact_id = {i + offset} OR language = \"DE\"")) },
            },
        };

        var lines = FilterDiff.Between(Pairs(0), Pairs(10_000), s_catalog);

        Assert.Equal(499, lines.Count(line => line is { Change: Change.Same, Text: "language = \"DE\"" }));
    }

    private static Filter Edit(Filter filter, FilterGenerator filters, Random random)
    {
        switch (random.Next(6))
        {
            case 0:
                return filters.Clause();
            case 1:
                return new Filter { Negated = filter };
            case 2:
                return new Filter { AnyOf = new FilterGroup { Filters = { filters.Clause(), filter } } };
            case 3 when filter.KindCase == Filter.KindOneofCase.AllOf:
                return new Filter { AnyOf = filter.AllOf };
            case 4 when FilterTree.Members(filter) is [var only, ..]:
                return only;
            default:
                var copy = filter.Clone();
                if ((copy.AllOf ?? copy.AnyOf)?.Filters is { } members)
                {
                    var place = random.Next(members.Count);
                    members[place] = Edit(members[place], filters, random);
                    members.Insert(random.Next(members.Count), filters.Clause());
                }

                return copy;
        }
    }

    private static Filter Parse(string text) => FilterNormalizer.Normalize(FilterParser.Parse(text, s_catalog));

    private static IEnumerable<string> Whole(Filter filter) => Texts(FilterDiff.Between(filter, filter, s_catalog));

    private static IEnumerable<string> Texts(IEnumerable<DiffLine> lines) => lines.Select(line => line.Text).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Write(IEnumerable<DiffLine> lines) => lines.Select(line =>
        (line.Change switch { Change.Added => "+ ", Change.Removed => "- ", _ => "  " }) + new string(' ', 2 * line.Depth) + line.Text);
}
