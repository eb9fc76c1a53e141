using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Filters.Text;
using TagSegments.Segments.Sql;
using TagSegments.Testing;
using TagSegments.Testing.Oracle;

namespace TagSegments.Segments.Tests.Filters;

public sealed class FilterSqlShapeTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("plan = \"' OR true --\"", "plan = \"x\"")]
    [InlineData("plan in (\"a\", \"b\", \"c\")", "plan in (\"d\")")]
    [InlineData("score between 1 and 2", "score between -5 and 99.5")]
    [InlineData("has any tag (\"VIP\", \"vip\")", "has tag \"Hot Lead\"")]
    [InlineData("opened email at least 3 times in last 7 days", "clicked email at least 4 times in last 2 weeks")]
    [InlineData("seen today in contact zone", "seen in last 3 full months in contact zone")]
    [InlineData("did \"'); DROP TABLE crm.contact; --\"", "did \"x\"")]
    [InlineData("plan contains \"%\" ignoring case", "plan contains \"ÄÖÜ\" ignoring case")]
    [InlineData("plan = \"x\"", "[opened] = \"x\"")]
    public void The_text_depends_on_the_shape_only(string filter, string other) => Assert.Equal(Text(filter), Text(other));

    [Theory]
    [InlineData("did \"x\"")]
    [InlineData("sum of total of events \"x\" in last 7 days > 1")]
    public void The_kind_of_custom_events_is_known_to_a_plan_that_is_made_once(string filter) =>
        Assert.Contains("a.kind = 9 AND a.detail = @", Text(filter), StringComparison.Ordinal);

    [Fact]
    public void Segments_that_multiply_are_refused_before_they_fill_the_memory()
    {
        // Each segment refers to the one before twice: 2^31 clauses.
        var ids = Enumerable.Range(0, 32).Select(_ => Guid.NewGuid().ToString()).ToList();
        Filter Reference(int i) => new() { Segment = new SegmentClause { SegmentId = ids[i] } };
        Filter? Find(string id) => ids.IndexOf(id) is 0
            ? new Filter { Everyone = new EveryoneClause() }
            : new Filter { AnyOf = new FilterGroup { Filters = { Reference(ids.IndexOf(id) - 1), Reference(ids.IndexOf(id) - 1) } } };

        var error = Expect.Failure(() => FilterSql.Compile(Reference(31), Context with { FindSegment = Find }));

        error.Is(StatusCode.InvalidArgument, ErrorReason.FilterTooLarge);
        Assert.Contains("too large", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("in segment \"Engaged\"")]
    [InlineData("#19 = \"x\"")]
    public void What_is_missing_stops_the_compiler(string filter)
    {
        Expect.Failure(StatusCode.FailedPrecondition, ErrorReason.ReferenceMissing, () => Text(filter));
    }

    private static FilterContext Context => new(WorldNames.Catalog(), s_now);

    private static string Text(string filter) => FilterSql.Compile(FilterParser.Parse(filter, Context.Catalog), Context).Text;
}
