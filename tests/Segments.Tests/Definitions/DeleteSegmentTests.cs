using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Definitions;

public sealed class DeleteSegmentTests(SharedApps shared) : SegmentTest(shared)
{
    [Fact]
    public async Task Deletes_a_segment_and_frees_its_name()
    {
        var account = await AccountAsync(1);
        var saved = await SaveAsync(account, "Mine", "everyone");

        await DeleteAsync(account, saved);

        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => DeleteAsync(account, saved));
        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => CountAsync(account, new FilterSource { SegmentName = "Mine" }));
        await SaveAsync(account, "Mine", "has no tag");
    }

    [Fact]
    public async Task Keeps_a_segment_in_use_unless_forced()
    {
        var account = await AccountAsync(1);
        var saved = await SaveAsync(account, "Base", "everyone");
        await SaveAsync(account, "Above", "in segment \"Base\"");

        var info = await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.InUse, () => DeleteAsync(account, saved));
        await DeleteAsync(account, saved, force: true);

        Assert.Equal("segment:Above", info.Metadata["used_by"]);
        await Expect.FailureAsync(
            StatusCode.FailedPrecondition,
            ErrorReason.ReferenceMissing,
            () => CountAsync(account, new FilterSource { SegmentName = "Above" }));
    }

    private async Task DeleteAsync(DirectAccount account, Segment segment, bool force = false) =>
        await Segments.DeleteSegmentAsync(new DeleteSegmentRequest { Account = account.Name, SegmentId = segment.SegmentId, Force = force });
}
