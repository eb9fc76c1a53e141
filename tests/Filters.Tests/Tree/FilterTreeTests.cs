using System.Globalization;
using Crm.Segments.V1;
using Google.Protobuf.Reflection;
using TagSegments.Filters.Tree;

namespace TagSegments.Filters.Tests.Tree;

public sealed class FilterTreeTests
{
    private static readonly Filter s_everyone = new() { Everyone = new EveryoneClause() };

    [Fact]
    public void Every_kind_of_the_proto_that_holds_filters_is_a_group()
    {
        bool HoldsFilters(FieldDescriptor kind) =>
            kind.MessageType == Filter.Descriptor || kind.MessageType.Fields.InFieldNumberOrder().Any(field => field.FieldType == FieldType.Message && field.MessageType == Filter.Descriptor);

        Assert.All(ClauseSamples.All(), filter =>
        {
            var holdsFilters = HoldsFilters(Filter.Descriptor.FindFieldByNumber((int)filter.KindCase));
            Assert.Equal(holdsFilters, FilterTree.IsGroup(filter));
            Assert.Equal(holdsFilters, FilterTree.Members(filter).Count > 0);
        });
    }

    [Fact]
    public void Visits_nodes_in_the_order_in_which_they_stand_with_their_paths()
    {
        var filter = FilterTree.AllOf(Tag(1), FilterTree.Not(FilterTree.AnyOf(Tag(2), Tag(3))), Tag(4));

        Assert.Equal(
            ["1 filter.all_of", "2 filter.all_of.filters[0].tag", "2 filter.all_of.filters[1].negated", "3 filter.all_of.filters[1].negated.any_of",
                "4 filter.all_of.filters[1].negated.any_of.filters[0].tag", "4 filter.all_of.filters[1].negated.any_of.filters[1].tag", "2 filter.all_of.filters[2].tag"],
            FilterTree.Walk(filter).Select(node => $"{node.Depth} {node.ClausePath}"));
        Assert.Equal([1, 2, 3, 4], FilterTree.Clauses(filter).Select(clause => clause.Tag.TagIds[0]));
    }

    [Fact]
    public void Maps_clauses_and_keeps_the_shape()
    {
        var filter = FilterTree.AnyOf(Tag(1), FilterTree.Not(FilterTree.AllOf(Tag(2))));

        Assert.Equal(
            FilterTree.AnyOf(Tag(11), FilterTree.Not(FilterTree.AllOf(Tag(12)))), FilterTree.Map(filter, clause => Tag(clause.Tag.TagIds[0] + 10)));
        Assert.Equal(1, filter.AnyOf.Filters[0].Tag.TagIds[0]);
    }

    [Fact]
    public void Puts_segments_of_segments_in_their_places_and_leaves_what_is_not_known()
    {
        var segments = new Dictionary<string, Filter> { ["a"] = FilterTree.Not(Segment("b")), ["b"] = Tag(1) };

        Assert.Equal(
            FilterTree.AllOf(FilterTree.Not(Tag(1)), Tag(1), Segment("c")),
            FilterTree.Inline(FilterTree.AllOf(Segment("a"), Segment("b"), Segment("c")), id => segments.GetValueOrDefault(id)));
    }

    [Fact]
    public void Segments_that_go_in_a_circle_multiply_or_pile_up_are_refused()
    {
        var circle = Assert.Throws<SegmentCycleException>(() => FilterTree.Inline(Segment("a"), id => Segment(id == "a" ? "b" : "a")));
        Assert.Equal(["a", "b", "a"], circle.SegmentIds);

        // Each segment refers to the one before twice: 2^31 clauses.
        Assert.Throws<FilterTooLargeException>(() => FilterTree.Inline(
            Segment("31"), id => id == "0" ? s_everyone : FilterTree.AnyOf(Segment(Below(id)), Segment(Below(id)))));
        Assert.Throws<FilterTooLargeException>(() => FilterTree.Inline(Segment("2000"), id => id == "0" ? s_everyone : Segment(Below(id))));
    }

    [Fact]
    public void No_tree_is_too_deep_to_be_visited_and_one_too_deep_is_not_mapped()
    {
        var deep = s_everyone;
        for (var i = 1; i < 100_000; i++)
        {
            deep = FilterTree.Not(deep);
        }

        Assert.Equal(100_000, FilterTree.Walk(deep).Last().Depth);
        Assert.Throws<FilterTooLargeException>(() => FilterTree.Map(deep, clause => clause));
    }

    [Theory]
    [InlineData(0, 0, "1")]
    [InlineData(2, 0, "1 or 2")]
    [InlineData(0, 3, "1 and not 3")]
    [InlineData(2, 3, "(1 or 2) and not 3")]
    public void A_smart_list_holds_its_filter_or_the_include_tag_and_not_the_exclude_tag(int include, int exclude, string expected)
    {
        var members = expected switch
        {
            "1" => Tag(1),
            "1 or 2" => FilterTree.AnyOf(Tag(1), Tag(2)),
            "1 and not 3" => FilterTree.AllOf(Tag(1), FilterTree.Not(Tag(3))),
            _ => FilterTree.AllOf(FilterTree.AnyOf(Tag(1), Tag(2)), FilterTree.Not(Tag(3))),
        };

        Assert.Equal(members, FilterTree.SmartList(Tag(1), include, exclude));
    }

    private static Filter Tag(int tagId) => new() { Tag = new TagClause { Match = TagClause.Types.Match.Any, TagIds = { tagId } } };

    private static string Below(string id) => (int.Parse(id, CultureInfo.InvariantCulture) - 1).ToString(CultureInfo.InvariantCulture);

    private static Filter Segment(string id) => new() { Segment = new SegmentClause { SegmentId = id } };
}
