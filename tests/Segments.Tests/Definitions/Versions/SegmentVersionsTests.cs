using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Definitions.Versions;

public sealed class SegmentVersionsTests(SharedApps shared) : SegmentTest(shared)
{
    [Fact]
    public async Task Every_filter_that_a_segment_had_is_a_version_with_author_and_time()
    {
        var (account, saved) = await WorldAsync("everyone", "contact_id = 1", "contact_id = 2");

        var first = await Segments.ListSegmentVersionsAsync(new() { Account = account.Name, Name = "Mine", PageSize = 2 });
        var second = await Segments.ListSegmentVersionsAsync(new() { Account = account.Name, Name = "Mine", PageSize = 2, PageToken = first.NextPageToken });

        Assert.Equal([(3, "contact_id = 2"), (2, "contact_id = 1")], first.Versions.Select(version => (version.Version, version.Text)));
        var oldest = Assert.Single(second.Versions);
        Assert.Equal((saved.SegmentId, 1, "Mine", "everyone", "anonymous"), (oldest.SegmentId, oldest.Version, oldest.Name, oldest.Text, oldest.Author));
        Assert.Equal((saved.UpdateTime, Segment.Types.State.Valid, ""), (oldest.CreateTime, oldest.State, second.NextPageToken));
        Assert.Equal(oldest, await GetAsync(account, saved, 1));
    }

    [Fact]
    public async Task Versions_outlive_their_segment()
    {
        var (account, saved) = await WorldAsync("everyone");
        await Segments.DeleteSegmentAsync(new() { Account = account.Name, SegmentId = saved.SegmentId });

        Assert.Equal("everyone", (await GetAsync(account, saved, 1)).Text);
        Assert.Single((await Segments.ListSegmentVersionsAsync(new() { Account = account.Name, SegmentId = saved.SegmentId })).Versions);
    }

    [Fact]
    public async Task A_version_whose_tag_was_deleted_says_what_is_missing()
    {
        var account = await AccountAsync(1);
        var tag = await account.CreateTagAsync("Gone");
        var saved = await SaveAsync(account, "Mine", "has tag \"Gone\"");
        await account.DeleteTagAsync(tag);

        var version = await GetAsync(account, saved, 1);

        Assert.Equal((Segment.Types.State.Invalid, "has tag #1"), (version.State, version.Text));
        Assert.Equal("filter.tag.tag_ids[0]: tag 1 does not exist", version.Problems.Single());
    }

    [Fact]
    public async Task Refuses_versions_and_segments_that_never_were()
    {
        var (account, saved) = await WorldAsync("everyone");

        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => GetAsync(account, saved, 2));
        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, async () =>
            await Segments.ListSegmentVersionsAsync(new() { Account = account.Name, SegmentId = Guid.NewGuid().ToString() }));
        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, async () =>
            await Segments.ListSegmentVersionsAsync(new() { Account = account.Name, Name = "Other" }));
        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, async () =>
            await Segments.DiffSegmentVersionsAsync(new() { Account = account.Name, Name = "Mine", FromVersion = 7 }));
    }

    [Fact]
    public async Task Compares_versions_and_filters_that_are_not_saved()
    {
        var (account, _) = await WorldAsync("contact_id = 1", "contact_id = 1 AND has no tag");

        Assert.Equal("+all of  contact_id = 1 +has no tag", await DiffAsync(account, new() { FromVersion = 1 }));
        Assert.Equal("-all of  contact_id = 1 -has no tag", await DiffAsync(account, new() { FromVersion = 2, ToVersion = 1 }));
        Assert.Equal(" all of  contact_id = 1 -has no tag +everyone", await DiffAsync(account, new() { Text = "contact_id = 1 AND everyone" }));
        Assert.Equal(" all of  contact_id = 1  has no tag", await DiffAsync(account, new()));
    }

    [Fact]
    public async Task Restoring_a_version_makes_a_new_one_with_its_filter()
    {
        var (account, saved) = await WorldAsync("contact_id = 1", "everyone");
        Assert.Equal(3, await CountAsync(account, new FilterSource { SegmentName = "Mine" }));

        var restored = await RestoreAsync(account, saved, 1);

        Assert.Equal((3, "contact_id = 1"), (restored.Version, restored.Text));
        Assert.Equal(1, await CountAsync(account, new FilterSource { SegmentName = "Mine" }));
        Assert.Equal(restored, await RestoreAsync(account, saved, 1));
    }

    [Fact]
    public async Task Restoring_refuses_a_current_version_that_was_not_seen()
    {
        var (account, saved) = await WorldAsync("contact_id = 1", "everyone");

        var info = await Expect.FailureAsync(StatusCode.Aborted, ErrorReason.VersionMismatch, () => RestoreAsync(account, saved, 1, current: 1));

        Assert.Equal("2", info.Metadata["version"]);
    }

    [Fact]
    public async Task Restoring_refuses_a_version_that_refers_to_what_is_gone_or_to_itself()
    {
        var account = await AccountAsync(1);
        var tag = await account.CreateTagAsync("Gone");
        var other = await SaveAsync(account, "Other", "everyone");
        var saved = await SaveAsync(account, "Mine", "has tag \"Gone\"");
        foreach (var text in new[] { "in segment \"Other\"", "everyone" })
        {
            await Segments.UpdateSegmentAsync(new() { Account = account.Name, SegmentId = saved.SegmentId, Text = text });
        }

        await account.DeleteTagAsync(tag);
        await Segments.UpdateSegmentAsync(new() { Account = account.Name, SegmentId = other.SegmentId, Text = "in segment \"Mine\"" });

        await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.ReferenceMissing, () => RestoreAsync(account, saved, 1));
        await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.SegmentCycle, () => RestoreAsync(account, saved, 2));
        Assert.Equal(3, (await Segments.GetSegmentAsync(new() { Account = account.Name, Name = "Mine" })).Segment.Version);
    }

    [Fact]
    public async Task Of_edits_that_start_from_one_version_one_wins()
    {
        var (account, saved) = await WorldAsync("everyone");

        var results = await Task.WhenAll(Enumerable.Range(1, 8).Select(async i =>
        {
            try
            {
                var request = new UpdateSegmentRequest { Account = account.Name, SegmentId = saved.SegmentId, Text = $"contact_id = {i}", Version = 1 };
                return (await Segments.UpdateSegmentAsync(request)).Segment.Version;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Aborted)
            {
                return 0;
            }
        }));

        Assert.Equal(2, Assert.Single(results, version => version > 0));
    }

    private async Task<(DirectAccount Account, Segment Saved)> WorldAsync(params string[] texts)
    {
        var account = await AccountAsync(1, 2, 3);
        var saved = await SaveAsync(account, "Mine", texts[0]);
        foreach (var text in texts.Skip(1))
        {
            await Segments.UpdateSegmentAsync(new() { Account = account.Name, SegmentId = saved.SegmentId, Text = text });
        }

        return (account, saved);
    }

    private async Task<SegmentVersion> GetAsync(DirectAccount account, Segment segment, int version) =>
        (await Segments.GetSegmentVersionAsync(new() { Account = account.Name, SegmentId = segment.SegmentId, Version = version })).Version;

    private async Task<Segment> RestoreAsync(DirectAccount account, Segment segment, int version, int current = 0) =>
        (await Segments.RestoreSegmentVersionAsync(
            new() { Account = account.Name, SegmentId = segment.SegmentId, RestoreVersion = version, Version = current })).Segment;

    private async Task<string> DiffAsync(DirectAccount account, DiffSegmentVersionsRequest request)
    {
        (request.Account, request.Name) = (account.Name, "Mine");
        var lines = (await Segments.DiffSegmentVersionsAsync(request)).Lines;
        return string.Join(' ', lines.Select(line => line.Change switch
        {
            DiffLine.Types.Change.Added => $"+{line.Text}",
            DiffLine.Types.Change.Removed => $"-{line.Text}",
            _ => $" {line.Text}",
        }));
    }
}
