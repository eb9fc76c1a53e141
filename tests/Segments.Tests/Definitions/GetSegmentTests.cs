using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Definitions;

public sealed class GetSegmentTests(SharedApps shared) : SegmentTest(shared)
{
    [Fact]
    public async Task Finds_a_segment_by_id_and_by_exact_name()
    {
        var account = await AccountAsync(1);
        var saved = await SaveAsync(account, "All of them", "everyone");

        var byId = await Segments.GetSegmentAsync(new GetSegmentRequest { Account = account.Name, SegmentId = saved.SegmentId });
        var byName = await Segments.GetSegmentAsync(new GetSegmentRequest { Account = account.Name, Name = "All of them" });

        Assert.Equal(saved, byId.Segment);
        Assert.Equal(saved, byName.Segment);
    }

    [Fact]
    public async Task Does_not_find_segments_of_other_accounts()
    {
        var (mine, theirs) = (await AccountAsync(1), await AccountAsync(1));
        var saved = await SaveAsync(theirs, "Theirs", "everyone");

        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, async () =>
            await Segments.GetSegmentAsync(new GetSegmentRequest { Account = mine.Name, SegmentId = saved.SegmentId }));
    }

    [Fact]
    public async Task A_segment_whose_tag_was_deleted_is_invalid_and_says_why()
    {
        var account = await AccountAsync(1);
        var tag = await account.CreateTagAsync("Gone");
        await SaveAsync(account, "Base", "has tag \"Gone\"");
        await SaveAsync(account, "Above", "in segment \"Base\"");
        await account.DeleteTagAsync(tag);

        var list = await Segments.ListSegmentsAsync(new ListSegmentsRequest { Account = account.Name });

        Assert.All(list.Segments, segment => Assert.Equal(Segment.Types.State.Invalid, segment.State));
        Assert.Contains("segment \"Base\"", list.Segments.Single(segment => segment.Name == "Above").Problems.Single(), StringComparison.Ordinal);
        await Expect.FailureAsync(
            StatusCode.FailedPrecondition,
            ErrorReason.ReferenceMissing,
            () => CountAsync(account, new FilterSource { SegmentName = "Above" }));
    }
}
