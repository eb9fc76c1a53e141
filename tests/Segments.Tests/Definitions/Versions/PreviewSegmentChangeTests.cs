using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Segments.Index;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Definitions.Versions;

public sealed class PreviewSegmentChangeTests(SharedApps shared) : SegmentTest(shared)
{
    [Fact]
    public async Task Tells_who_joins_and_who_leaves_and_changes_nothing()
    {
        var account = await AccountAsync(1, 2, 3, 4, 5);
        await account.TagAsync(await account.CreateTagAsync("VIP"), 1, 2, 3);
        await SaveAsync(account, "Mine", "has tag \"VIP\"");

        var preview = await PreviewAsync(account, new() { Text = "contact_id >= 3" });

        Assert.Equal((1, "contact_id >= 3"), (preview.Version, preview.Text));
        Assert.Equal((3, 3, 2, 2), (preview.CountBefore, preview.CountAfter, preview.Joining, preview.Leaving));
        Assert.Equal(([4, 5], [1, 2], ""), (preview.JoiningContactIds, preview.LeavingContactIds, preview.NextPageToken));
        Assert.Equal(["has tag \"VIP\"", "contact_id >= 3"], preview.Diff.Select(line => line.Text));
        Assert.Equal(3, await CountAsync(account, new FilterSource { SegmentName = "Mine" }));
    }

    [Fact]
    public async Task Pages_name_everyone_who_moves_once()
    {
        var account = await AccountAsync([.. Enumerable.Range(1, 50_000)]);
        await SaveAsync(account, "Mine", "contact_id <= 30000");
        var (joining, leaving) = (new List<int>(), new List<int>());

        for (string? token = ""; token is not null;)
        {
            var page = await PreviewAsync(account, new() { Text = "contact_id > 20000 AND contact_id != 20001", PageSize = 9_999, PageToken = token });
            Assert.Equal((20_000, 20_001), (page.Joining, page.Leaving));
            joining.AddRange(page.JoiningContactIds);
            leaving.AddRange(page.LeavingContactIds);
            token = page.NextPageToken.Length == 0 ? null : page.NextPageToken;
        }

        Assert.Equal(Enumerable.Range(30_001, 20_000), joining);
        Assert.Equal(Enumerable.Range(1, 20_001), leaving);
    }

    [Fact]
    public async Task An_older_version_can_be_tried()
    {
        var account = await AccountAsync(1, 2);
        var saved = await SaveAsync(account, "Mine", "contact_id = 1");
        await Segments.UpdateSegmentAsync(new() { Account = account.Name, SegmentId = saved.SegmentId, Text = "contact_id = 2" });

        var preview = await PreviewAsync(account, new() { Version = 1 });

        Assert.Equal((2, [1], [2]), (preview.Version, preview.JoiningContactIds, preview.LeavingContactIds));
    }

    [Fact]
    public async Task An_invalid_segment_has_no_count_to_start_from()
    {
        var account = await AccountAsync(1, 2);
        var tag = await account.CreateTagAsync("Gone");
        await SaveAsync(account, "Mine", "has tag \"Gone\"");
        await account.DeleteTagAsync(tag);

        var preview = await PreviewAsync(account, new() { Text = "everyone" });

        Assert.Equal((false, 2, 0, 0), (preview.HasCountBefore, preview.CountAfter, preview.Joining, preview.Leaving));
        Assert.Empty(preview.JoiningContactIds);
    }

    [Fact]
    public async Task Expectations_that_the_new_filter_does_not_meet_are_named()
    {
        var account = await AccountAsync(1, 2, 3);
        var saved = await SaveAsync(account, "Mine", "contact_id in (1, 2)");
        await Segments.SetSegmentExpectationsAsync(new()
        {
            Account = account.Name,
            SegmentId = saved.SegmentId,
            Expectations = new SegmentExpectations { MustInclude = { 1, 2 }, MustExclude = { 3 } },
        });

        var preview = await PreviewAsync(account, new() { Text = "contact_id in (2, 3)" });

        Assert.Equal([(1, true), (3, false)], preview.Violations.Select(violation => (violation.ContactId, violation.MustInclude)));
    }

    [Fact]
    public async Task Segments_that_refer_to_it_are_named()
    {
        var account = await AccountAsync(1);
        await SaveAsync(account, "Mine", "everyone");
        await SaveAsync(account, "Above", "in segment \"Mine\"");
        await SaveAsync(account, "Top", "in segment \"Above\" AND in segment \"Mine\"");

        var preview = await PreviewAsync(account, new() { Text = "has no tag" });

        Assert.Equal(["Above", "Top"], preview.Dependants.Select(segment => segment.Name));
    }

    [Fact]
    public async Task Refuses_what_could_not_be_saved()
    {
        var account = await AccountAsync(1);
        await SaveAsync(account, "Mine", "everyone");
        await SaveAsync(account, "Above", "in segment \"Mine\"");

        await Expect.FailureAsync(
            StatusCode.FailedPrecondition,
            ErrorReason.SegmentCycle,
            () => PreviewAsync(account, new() { Text = "in segment \"Above\"" }));
        await Expect.FailureAsync(
            StatusCode.FailedPrecondition,
            ErrorReason.SegmentCycle,
            () => PreviewAsync(account, new() { Text = "in segment \"Mine\"" }));
        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.FilterInvalid, () => PreviewAsync(account, new() { Text = "colour = 3" }));
        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.InvalidField, () => PreviewAsync(account, new()));
        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => PreviewAsync(account, new() { Version = 9 }));
    }

    private async Task<PreviewSegmentChangeResponse> PreviewAsync(DirectAccount account, PreviewSegmentChangeRequest request)
    {
        (request.Account, request.Name) = (account.Name, "Mine");
        return await Segments.PreviewSegmentChangeAsync(request);
    }
}
