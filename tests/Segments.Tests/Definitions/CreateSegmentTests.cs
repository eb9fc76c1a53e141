using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Definitions;

public sealed class CreateSegmentTests(SharedApps shared) : SegmentTest(shared)
{
    [Fact]
    public async Task Saves_a_filter_given_as_text()
    {
        var account = await AccountAsync(1);
        var tag = await account.CreateTagAsync("Hot Lead");

        var segment = await SaveAsync(account, "Hot", "has tag \"Hot Lead\"");

        Assert.Equal((1, Segment.Types.State.Valid, "has tag \"Hot Lead\""), (segment.Version, segment.State, segment.Text));
        Assert.Equal([tag], segment.Filter.Tag.TagIds);
        Assert.True(Guid.TryParse(segment.SegmentId, out _));
    }

    [Fact]
    public async Task Refuses_a_name_that_is_taken()
    {
        var account = await AccountAsync(1);
        await SaveAsync(account, "Everyone", "everyone");

        await Expect.FailureAsync(StatusCode.AlreadyExists, ErrorReason.AlreadyExists, () => SaveAsync(account, "Everyone", "everyone"));
        await SaveAsync(account, "everyone", "everyone");
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData(" padded ")]
    [InlineData("a\nb")]
    public async Task Refuses_a_bad_name(string name)
    {
        var account = await AccountAsync(1);

        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.InvalidField, () => SaveAsync(account, name, "everyone"));
    }

    [Fact]
    public async Task Refuses_a_text_that_is_no_filter()
    {
        var account = await AccountAsync(1);

        var info = await Expect.FailureAsync(
            StatusCode.InvalidArgument, ErrorReason.FilterInvalid, () => SaveAsync(account, "Broken", "everyone AND"));

        Assert.Equal("12", info.Metadata["position"]);
    }

    [Fact]
    public async Task Refuses_a_reference_to_a_deleted_tag()
    {
        var account = await AccountAsync(1);
        var tag = await account.CreateTagAsync("Gone");
        await account.DeleteTagAsync(tag);

        await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.ReferenceMissing, async () => await Segments.CreateSegmentAsync(
            new CreateSegmentRequest
            {
                Account = account.Name,
                Segment = new Segment
                {
                    Name = "Holders",
                    Filter = new Filter { Tag = new TagClause { Match = TagClause.Types.Match.Any, TagIds = { tag } } },
                },
            }));
    }

    [Fact]
    public async Task A_repeated_request_saves_one_segment()
    {
        var account = await AccountAsync(1);
        var request = new CreateSegmentRequest
        {
            Account = account.Name,
            Segment = new Segment { Name = "Once" },
            Text = "everyone",
            RequestId = "r1",
        };

        var first = await Segments.CreateSegmentAsync(request);

        Assert.Equal(first, await Segments.CreateSegmentAsync(request));
        request.Segment.Name = "Twice";
        await Expect.FailureAsync(
            StatusCode.FailedPrecondition, ErrorReason.RequestIdReused, async () => await Segments.CreateSegmentAsync(request));
    }
}
