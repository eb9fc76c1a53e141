using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Filters;

/// <summary>Fault E1: calls tell the place in a text, and the path in a tree, of whatever is wrong in a filter.</summary>
public sealed class FaultE1CallTests(SharedApps shared) : SegmentTest(shared)
{
    [Theory]
    [InlineData("language > 5", 1, 10, "OPERATOR", "filter.field.operator", "line 1, column 10: '>' does not apply to language, which is of type text; expected = (equals), ")]
    [InlineData("contact_id contains 1", 1, 12, "OPERATOR", "filter.field.operator", "line 1, column 12: 'contains' does not apply to contact_id, which is of type number")]
    [InlineData("phone = \"x\" AND\n contact_id contains 1", 2, 13, "OPERATOR", "filter.all_of.filters[1].field.operator", "line 2, column 13: 'contains' does not apply")]
    [InlineData("opened email at least 0 times", 1, 23, "VALUE", "filter.activity.quantity.at_least", "line 1, column 23: '0' must be at least 1")]
    [InlineData("phone = \"x\" in zone", 1, 13, "SYNTAX", null, "line 1, column 13: 'in' cannot stand here")]
    [InlineData("did test", 1, 5, "QUOTES", null, "expected \"test\"")]
    [InlineData("plaan = 1", 1, 1, "NAME", null, "there is no field \"plaan\"")]
    [InlineData("", 1, 1, "EMPTY", null, "for all contacts, say everyone")]
    public async Task E1_a_text_that_is_wrong_is_told_by_line_and_column(string text, int line, int column, string kind, string? path, string message)
    {
        var account = await AccountAsync(1);

        var error = await Expect.FailureAsync(
            StatusCode.InvalidArgument, ErrorReason.FilterInvalid, () => CountAsync(account, new FilterSource { Text = text }), "text");

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Violations[0].Description, StringComparison.Ordinal);
        Assert.Equal(($"{line}", $"{column}", kind, path), (error.Metadata["line"], error.Metadata["column"], error.Metadata["kind"], error.Metadata.GetValueOrDefault("path")));
        Assert.Equal(column - 1, int.Parse(error.Metadata["position"], null) - text.LastIndexOf('\n', int.Parse(error.Metadata["position"], null)) - 1);
    }

    [Fact]
    public async Task E1_every_violation_of_a_text_has_its_place()
    {
        var account = await AccountAsync(1);

        var error = await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.FilterInvalid,
            () => CountAsync(account, new FilterSource { Text = "language > 5 OR NOT phone > 6" }),
            "text",
            "text");

        Assert.StartsWith("line 1, column 10: ", error.Violations[0].Description, StringComparison.Ordinal);
        Assert.StartsWith("line 1, column 27: ", error.Violations[1].Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task E1_a_tree_that_is_wrong_is_told_by_its_path()
    {
        var account = await AccountAsync(1);
        var tree = new Filter { Negated = new Filter { Field = new FieldClause { Field = new FieldRef { Attribute = "language" }, Operator = FieldClause.Types.Operator.Greater, Values = { "5" } } } };

        var error = await Expect.FailureAsync(
            StatusCode.InvalidArgument, ErrorReason.FilterInvalid, () => CountAsync(account, new FilterSource { Filter = tree }), "filter.negated.field.operator");

        Assert.Equal("OPERATOR", error.Metadata["kind"]);
        Assert.DoesNotContain("line", error.Metadata.Keys);
    }

    [Theory]
    [InlineData("phone = \"x\" OR has tag #999", 24, "tag", "line 1, column 24: the tag 999 does not exist")]
    [InlineData("#999 is empty", 1, "field", "line 1, column 1: the field 999 does not exist")]
    [InlineData("clicked email of campaign #01900000-0000-7000-8000-0000000000ff", 27, "campaign", "the campaign 01900000-0000-7000-8000-0000000000ff does not exist")]
    public async Task E1_a_missing_thing_is_told_by_its_place(string text, int column, string resource, string message)
    {
        var account = await AccountAsync(1);

        var error = await Expect.FailureAsync(
            StatusCode.FailedPrecondition, ErrorReason.ReferenceMissing, () => CountAsync(account, new FilterSource { Text = text }));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(($"{column}", resource), (error.Metadata["column"], error.Metadata["resource"]));
    }

    [Fact]
    public async Task E1_a_reference_that_closes_a_circle_is_told_by_its_place()
    {
        var account = await AccountAsync(1);
        var first = await SaveAsync(account, "A", "everyone");
        await SaveAsync(account, "B", "in segment \"A\"");

        var error = await Expect.FailureAsync(
            StatusCode.FailedPrecondition,
            ErrorReason.SegmentCycle,
            () => Segments.UpdateSegmentAsync(new() { Account = account.Name, SegmentId = first.SegmentId, Text = "phone = \"x\" OR\n  in segment \"B\"" }).ResponseAsync);

        Assert.Equal(("2", "3", "A > B > A"), (error.Metadata["line"], error.Metadata["column"], error.Metadata["path"]));
        Assert.Contains("line 2, column 3: 'in segment \"B\"': The segment would refer to itself: A > B > A", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("phone = \"x\" OR\n  in segment \"B\"", 2, 3, "A > B > A")]
    [InlineData("NOT (everyone AND in segment \"C\")", 1, 19, "A > C > B > A")]
    [InlineData("in segment \"A\" OR has no tag", 1, 1, "A > A")]
    [InlineData("has no tag\nAND (in segment \"D\"\nOR not in segment \"C\")", 3, 8, "A > C > B > A")]
    public async Task E1_a_preview_names_the_circle_as_saving_does(string text, int line, int column, string path)
    {
        var account = await AccountAsync(1);
        var first = await SaveAsync(account, "A", "everyone");
        await SaveAsync(account, "B", "in segment \"A\"");
        await SaveAsync(account, "C", "in segment \"B\"");
        await SaveAsync(account, "D", "everyone");

        var saving = await CycleAsync(() => Segments.UpdateSegmentAsync(new() { Account = account.Name, SegmentId = first.SegmentId, Text = text }).ResponseAsync);
        var preview = await CycleAsync(() => Segments.PreviewSegmentChangeAsync(new() { Account = account.Name, SegmentId = first.SegmentId, Text = text }).ResponseAsync);

        Assert.Equal(($"{line}", $"{column}", path), (preview.Metadata["line"], preview.Metadata["column"], preview.Metadata["path"]));
        Assert.Equal((saving.Message, Text(saving)), (preview.Message, Text(preview)));
    }

    private static string Text(Failure failure) => string.Join(' ', failure.Metadata.Select(entry => $"{entry.Key}={entry.Value}").Order());

    private static Task<Failure> CycleAsync<T>(Func<Task<T>> call) => Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.SegmentCycle, call);

    [Theory]
    [InlineData("phone is not null", 0)]
    [InlineData("phone = null", 1)]
    [InlineData("language != null OR everyone", 1)]
    public async Task D14_null_counts_what_is_missing(string text, int count)
    {
        var account = await AccountAsync(1);

        Assert.Equal(count, await CountAsync(account, new FilterSource { Text = text }));
    }
}
