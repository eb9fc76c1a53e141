using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Filters.Checks;
using TagSegments.Filters.Text;
using TagSegments.Filters.Tree;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;
using TagSegments.Testing.Oracle;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;

namespace TagSegments.Segments.Tests.Filters;

/// <summary>A saved filter can be read back from its text, up to the limits; beyond them, saving is refused.</summary>
public sealed class FilterSizeTests(SharedApps shared) : SegmentTest(shared)
{
    [Fact]
    public async Task A_list_of_10_000_long_values_is_saved_and_its_text_reads_back()
    {
        var account = await AccountAsync(1);
        var filter = Emails(10_000, 60);

        var saved = (await Segments.CreateSegmentAsync(
            new() { Account = account.Name, Segment = new Segment { Name = "Long", Filter = filter } })).Segment;
        var read = await Segments.ParseFilterAsync(new() { Account = account.Name, Source = Text(saved.Text) });

        Assert.InRange(saved.Text.Length, 65_537, FilterLimits.FilterBytes);
        Assert.Equal(filter, read.Filter);
        Assert.Equal(0, await CountAsync(account, new FilterSource { SegmentName = "Long" }));
        var explained = await Segments.ExplainContactAsync(
            new() { Account = account.Name, ContactId = 1, Source = new FilterSource { SegmentName = "Long" } });
        Assert.Equal("email is empty", explained.Explanation.Members.Single().Actual);
    }

    [Fact]
    public async Task What_would_be_too_long_as_text_is_refused_with_its_place()
    {
        var account = await AccountAsync(1);
        var filter = new Filter { AnyOf = new FilterGroup { Filters = { Emails(10, 10), Emails(10_000, 110) } } };

        var error = await Expect.FailureAsync(async () => await Segments.CreateSegmentAsync(
            new() { Account = account.Name, Segment = new Segment { Name = "Long", Filter = filter } }));

        Assert.Contains("any_of.filters[1].field", error.Fields.Single(), StringComparison.Ordinal);
        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => CountAsync(account, new FilterSource { SegmentName = "Long" }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_deepest_tree_of_each_shape_reads_back_and_one_level_more_is_refused(int shape)
    {
        var catalog = WorldNames.Catalog();
        var deepest = Deep(FilterLimits.Depth, shape);

        Assert.True(FilterValidator.Validate(deepest, catalog).IsEmpty);
        Assert.Equal(deepest, FilterParser.Parse(FilterPrinter.Print(deepest, catalog), catalog));
        Assert.True(FilterValidator.Validate(Deep(FilterLimits.Depth + 1, shape), catalog).IsTooLarge);
    }

    [Fact]
    public void A_tree_of_1_000_clauses_reads_back()
    {
        var catalog = WorldNames.Catalog();
        var clause = FilterParser.Parse("opened email at least 2 times in last 30 days in zone \"Europe/Berlin\"", catalog);
        var wide = new Filter { AnyOf = new FilterGroup { Filters = { Enumerable.Repeat(clause, FilterLimits.Clauses) } } };

        Assert.Equal(wide, FilterParser.Parse(FilterPrinter.Print(wide, catalog), catalog));
    }

    private static Filter Emails(int count, int length) => new()
    {
        Field = new FieldClause
        {
            Field = new FieldRef { Attribute = "email" },
            Operator = Operator.In,
            Values = { Enumerable.Range(0, count).Select(i => $"{i}".PadRight(length, 'x')) },
        },
    };

    // Levels of AND and OR in turn, of NOT, of NOT with AND, or all of them.
    private static Filter Deep(int levels, int shape)
    {
        var leaf = new Filter { Everyone = new EveryoneClause() };
        if (levels == 1)
        {
            return leaf;
        }

        var rest = Deep(levels - 1, shape);
        return (shape, levels % 3) switch
        {
            (1, _) => new Filter { Negated = rest },
            (2, 0 or 1) or (3, 0) => new Filter { Negated = rest },
            (0, _) when levels % 2 == 0 => new Filter { AnyOf = new FilterGroup { Filters = { leaf, rest } } },
            (3, 1) => new Filter { AnyOf = new FilterGroup { Filters = { rest, leaf } } },
            _ => new Filter { AllOf = new FilterGroup { Filters = { leaf, rest, leaf } } },
        };
    }
}
