using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Definitions;

public sealed class UpdateSegmentTests(SharedApps shared) : SegmentTest(shared)
{
    [Fact]
    public async Task A_new_filter_makes_a_new_version_and_counts_at_once()
    {
        var account = await AccountAsync(1, 2, 3);
        await account.TagAsync(await account.CreateTagAsync("VIP"), 2);
        var saved = await SaveAsync(account, "Mine", "everyone");
        Assert.Equal(3, await CountAsync(account, new FilterSource { SegmentId = saved.SegmentId }));

        var updated = await UpdateAsync(account, saved, request => request.Text = "has tag \"VIP\"");

        Assert.Equal((2, "has tag \"VIP\""), (updated.Version, updated.Text));
        Assert.Equal(1, await CountAsync(account, new FilterSource { SegmentId = saved.SegmentId }));
    }

    [Fact]
    public async Task A_new_name_keeps_the_version()
    {
        var account = await AccountAsync(1);
        var saved = await SaveAsync(account, "Old", "everyone");

        var updated = await UpdateAsync(account, saved, request => request.Name = "New");

        Assert.Equal((1, "New"), (updated.Version, updated.Name));
        Assert.Equal(1, await CountAsync(account, new FilterSource { SegmentName = "New" }));
    }

    [Fact]
    public async Task Refuses_to_overwrite_a_version_that_was_not_seen()
    {
        var account = await AccountAsync(1);
        var saved = await SaveAsync(account, "Mine", "everyone");
        await UpdateAsync(account, saved, request => request.Text = "has no tag");

        var info = await Expect.FailureAsync(StatusCode.Aborted, ErrorReason.VersionMismatch, () => UpdateAsync(account, saved, request =>
        {
            request.Version = 1;
            request.Text = "everyone";
        }));

        Assert.Equal("2", info.Metadata["version"]);
    }

    [Fact]
    public async Task Refuses_a_circle_through_three_segments_and_names_it()
    {
        var account = await AccountAsync(1);
        var a = await SaveAsync(account, "A", "everyone");
        await SaveAsync(account, "B", "in segment \"A\"");
        await SaveAsync(account, "C", "in segment \"B\" AND everyone");

        var info = await Expect.FailureAsync(
            StatusCode.FailedPrecondition,
            ErrorReason.SegmentCycle,
            () => UpdateAsync(account, a, request => request.Text = "NOT in segment \"C\""));

        Assert.Equal("A > C > B > A", info.Metadata["path"]);
    }

    [Fact]
    public async Task Two_halves_of_a_circle_saved_at_once_never_both_succeed()
    {
        for (var round = 0; round < 5; round++)
        {
            var account = await AccountAsync(1);
            var (a, b) = (await SaveAsync(account, "A", "everyone"), await SaveAsync(account, "B", "everyone"));

            var results = await Task.WhenAll(
                TryAsync(() => UpdateAsync(account, a, request => request.Text = "in segment \"B\"")),
                TryAsync(() => UpdateAsync(account, b, request => request.Text = "in segment \"A\"")));

            Assert.Single(results, succeeded => succeeded);
        }
    }

    private static async Task<bool> TryAsync(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.FailedPrecondition)
        {
            return false;
        }
    }

    private async Task<Segment> UpdateAsync(DirectAccount account, Segment segment, Action<UpdateSegmentRequest> change)
    {
        var request = new UpdateSegmentRequest { Account = account.Name, SegmentId = segment.SegmentId };
        change(request);
        return (await Segments.UpdateSegmentAsync(request)).Segment;
    }
}
