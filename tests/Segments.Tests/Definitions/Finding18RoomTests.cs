using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Segments.Definitions;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Definitions;

/// <summary>Finding 18: the segments of an account have a size that fits in the memory of a process.</summary>
public sealed class Finding18RoomTests
{
    [Fact]
    public void Finding_18_a_filter_for_which_the_account_has_no_room_is_refused()
    {
        var large = new Filter { Tag = new TagClause { NamePrefix = new string('x', 1024 * 1024) } };

        SegmentRoom.Require(large, Enumerable.Repeat(large, 62));
        var error = Expect.Failure(() => SegmentRoom.Require(large, Enumerable.Repeat(large, 64)));

        error.Is(StatusCode.FailedPrecondition, ErrorReason.WrongState);
    }
}
