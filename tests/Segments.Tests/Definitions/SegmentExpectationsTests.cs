using System.Runtime.InteropServices;
using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Segments.Index;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Definitions;

/// <summary>The contacts that a segment must include and exclude.</summary>
public sealed class SegmentExpectationsTests(SharedApps shared) : SegmentTest(shared)
{
    [Fact]
    public async Task Expectations_are_kept_with_the_segment_and_outlive_a_new_version()
    {
        var account = await AccountAsync(1, 2);
        var saved = await SaveAsync(account, "Mine", "contact_id = 1");

        var set = await ExpectAsync(account, saved, include: [1], exclude: [2]);
        await Segments.UpdateSegmentAsync(new() { Account = account.Name, SegmentId = saved.SegmentId, Text = "everyone" });
        var read = (await Segments.GetSegmentAsync(new() { Account = account.Name, Name = "Mine" })).Segment;

        Assert.Equal(1, set.Version);
        Assert.Equal("anonymous", set.Expectations.Author);
        Assert.NotNull(set.Expectations.UpdateTime);
        Assert.Equal((2, set.Expectations), (read.Version, read.Expectations));
        Assert.Equal(([1], [2]), (read.Expectations.MustInclude, read.Expectations.MustExclude));
    }

    [Fact]
    public async Task Empty_expectations_expect_nothing_any_more()
    {
        var account = await AccountAsync(1);
        var saved = await SaveAsync(account, "Mine", "NOT everyone");
        await ExpectAsync(account, saved, include: [1]);

        var cleared = await ExpectAsync(account, saved);

        Assert.Null(cleared.Expectations);
        Assert.Equal(0, (await CheckAsync(account, "Mine")).Checked);
    }

    [Fact]
    public async Task Nobody_is_put_into_a_segment_by_expecting_it()
    {
        var account = await AccountAsync(1, 2);
        var saved = await SaveAsync(account, "Mine", "contact_id = 2");

        await ExpectAsync(account, saved, include: [1], exclude: [2]);

        var listed = await Segments.ListMatchesAsync(new() { Account = account.Name, Source = new FilterSource { SegmentName = "Mine" } });
        Assert.Equal([2], listed.ContactIds);
    }

    [Fact]
    public async Task A_check_tells_each_violation_and_explains_it()
    {
        var account = await AccountAsync(1, 2, 3, 4);
        await account.TagAsync(await account.CreateTagAsync("VIP"), 1, 3);
        var saved = await SaveAsync(account, "Mine", "has tag \"VIP\"");
        await ExpectAsync(account, saved, include: [1, 2], exclude: [3, 4]);

        var check = await CheckAsync(account, "Mine");

        Assert.Equal(4, check.Checked);
        Assert.Equal(
            [(2, true, false, "does not have \"VIP\""), (3, false, true, "")],
            check.Violations.Select(violation => (
                violation.ContactId, violation.MustInclude, violation.Explanation.Matches,
                violation.Explanation.Actual.StartsWith("has \"VIP\" since", StringComparison.Ordinal) ? "" : violation.Explanation.Actual)));
        Assert.All(check.Violations, violation => Assert.Equal((saved.SegmentId, "Mine"), (violation.SegmentId, violation.SegmentName)));
        Assert.NotNull(check.EvaluationTime);
    }

    [Fact]
    public async Task A_deleted_contact_that_must_be_included_is_missing()
    {
        var account = await AccountAsync(1, 2);
        var saved = await SaveAsync(account, "Mine", "everyone");
        await ExpectAsync(account, saved, include: [1, 2]);
        await account.DeleteContactAsync(2);

        var violation = Assert.Single((await CheckAsync(account, "Mine")).Violations);

        Assert.Equal((2, true, null), (violation.ContactId, violation.MustInclude, violation.Explanation));
    }

    [Fact]
    public async Task A_stream_with_unmet_expectations_fails_and_names_the_contacts()
    {
        var account = await AccountAsync(1, 2, 3);
        var saved = await SaveAsync(account, "Mine", "contact_id in (1, 3)");
        await ExpectAsync(account, saved, include: [1, 2], exclude: [3]);

        var info = await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.ExpectationFailed, () =>
            StreamAsync(account, new FilterSource { SegmentName = "Mine" }));

        Assert.Equal(("Mine", saved.SegmentId, "2", "3", "2"), (
            info.Metadata["segment"], info.Metadata["segment_id"], info.Metadata["missing"], info.Metadata["unwanted"], info.Metadata["violations"]));
        Assert.Equal([1, 3], await StreamAsync(account, new FilterSource { SegmentName = "Mine" }, require: false));
    }

    [Fact]
    public async Task A_stream_with_met_expectations_runs()
    {
        var account = await AccountAsync(1, 2, 3);
        var saved = await SaveAsync(account, "Mine", "contact_id in (1, 3)");
        await ExpectAsync(account, saved, include: [1, 3], exclude: [2]);

        Assert.Equal([1, 3], await StreamAsync(account, new FilterSource { SegmentName = "Mine" }));
    }

    [Theory]
    [InlineData("nested")]
    [InlineData("included")]
    [InlineData("excluded")]
    [InlineData("in a smart list")]
    public async Task Expectations_of_every_segment_that_takes_part_are_checked(string where)
    {
        var account = await AccountAsync(1, 2);
        await ExpectAsync(account, await SaveAsync(account, "Base", "contact_id = 1"), include: [2]);
        await SaveAsync(account, "Above", "in segment \"Base\" OR contact_id = 2");
        await SaveListAsync(account, "NOT in segment \"Base\"");
        var request = new StreamMatchesRequest { Account = account.Name, Source = Text("everyone"), RequireExpectations = true };
        var baseSegment = new FilterSource { SegmentName = "Base" };
        Action add = where switch
        {
            "nested" => () => request.Source = new FilterSource { SegmentName = "Above" },
            "included" => () => request.Include.Add(baseSegment),
            "excluded" => () => request.Exclude.Add(baseSegment),
            _ => () => request.Source = new FilterSource { SmartListName = "List" },
        };
        add();

        var info = await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.ExpectationFailed, () => StreamAsync(request));

        Assert.Equal(("Base", "2"), (info.Metadata["segment"], info.Metadata["missing"]));
    }

    [Fact]
    public async Task Expectations_hold_for_clauses_that_the_database_answers()
    {
        var account = await AccountAsync(1, 2, 3);
        await account.SetAsync(1, "first_name = 'Ann'");
        await account.TagAsync(await account.CreateTagAsync("VIP"), 1, 2);
        var saved = await SaveAsync(account, "Mine", "has tag \"VIP\" AND first_name = \"Ann\"");
        await ExpectAsync(account, saved, include: [1], exclude: [2, 3]);
        Assert.Equal([1], await StreamAsync(account, new FilterSource { SegmentName = "Mine" }));

        await account.SetAsync(2, "first_name = 'Ann'");

        var info = await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.ExpectationFailed, () =>
            StreamAsync(account, new FilterSource { SegmentName = "Mine" }));
        Assert.Equal("2", info.Metadata["unwanted"]);
    }

    [Fact]
    public async Task Refuses_contacts_that_do_not_exist_or_are_to_be_both()
    {
        var account = await AccountAsync(1);
        var saved = await SaveAsync(account, "Mine", "everyone");

        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.InvalidField, () => ExpectAsync(account, saved, include: [1, 9]));
        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.InvalidField, () => ExpectAsync(account, saved, exclude: [-1]));
        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.InvalidField,
            () => ExpectAsync(account, saved, include: [1], exclude: [1]));
        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.InvalidField,
            () => ExpectAsync(account, saved, include: Enumerable.Repeat(1, 1_001)));

        Assert.Null((await Segments.GetSegmentAsync(new() { Account = account.Name, Name = "Mine" })).Segment.Expectations);
    }

    [Fact]
    public async Task A_check_of_an_invalid_segment_fails()
    {
        var account = await AccountAsync(1);
        var tag = await account.CreateTagAsync("Gone");
        await ExpectAsync(account, await SaveAsync(account, "Mine", "has no tag AND NOT has tag \"Gone\""), include: [1]);
        await account.DeleteTagAsync(tag);

        await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.ReferenceMissing, () => CheckAsync(account, "Mine"));
    }

    private async Task<Segment> ExpectAsync(DirectAccount account, Segment segment, IEnumerable<int>? include = null, IEnumerable<int>? exclude = null) =>
        (await Segments.SetSegmentExpectationsAsync(new()
        {
            Account = account.Name,
            SegmentId = segment.SegmentId,
            Expectations = new SegmentExpectations { MustInclude = { include ?? [] }, MustExclude = { exclude ?? [] } },
        })).Segment;

    private async Task<CheckSegmentExpectationsResponse> CheckAsync(DirectAccount account, string name) =>
        await Segments.CheckSegmentExpectationsAsync(new() { Account = account.Name, Source = new FilterSource { SegmentName = name } });

    private Task<List<int>> StreamAsync(DirectAccount account, FilterSource source, bool require = true) =>
        StreamAsync(new StreamMatchesRequest { Account = account.Name, Source = source, RequireExpectations = require });

    private async Task<List<int>> StreamAsync(StreamMatchesRequest request)
    {
        using var call = Segments.StreamMatches(request);
        var ids = new List<int>();
        await foreach (var part in call.ResponseStream.ReadAllAsync())
        {
            ids.AddRange(MemoryMarshal.Cast<byte, int>(part.ContactIds.Span));
        }

        return ids;
    }
}
