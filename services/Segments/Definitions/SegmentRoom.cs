using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;

namespace TagSegments.Segments.Definitions;

/// <summary>How large the filters of an account's segments may be together: all of them are in memory while the account is used.</summary>
internal static class SegmentRoom
{
    private const long MaxBytes = 64L * 1024 * 1024;

    /// <summary>Throws FAILED_PRECONDITION if there is no room for a filter beside others.</summary>
    public static void Require(Filter filter, IEnumerable<Filter> others)
    {
        if (filter.CalculateSize() + others.Sum(other => (long)other.CalculateSize()) > MaxBytes)
        {
            throw RpcErrors.Create(
                StatusCode.FailedPrecondition,
                ErrorReason.WrongState,
                $"The filters of the account's segments have more than {MaxBytes} bytes together, the maximum. Delete segments that nobody needs.");
        }
    }
}
