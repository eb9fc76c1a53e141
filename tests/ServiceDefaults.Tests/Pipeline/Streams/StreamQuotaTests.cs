using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults.Pipeline.Streams;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Pipeline.Streams;

/// <summary>Finding 3: the memory of what waits for readers.</summary>
public sealed class StreamQuotaTests
{
    private const int Mebibyte = 1024 * 1024;
    private static readonly StreamCaller s_caller = new("alice", IsService: false, IsKnown: true);
    private static readonly StreamCaller s_service = new("workflows", IsService: true, IsKnown: true);
    private readonly StreamQuota _quota = new(new StreamOptions { PendingMegabytes = 8 });

    [Fact]
    public void Finding_3_an_account_gets_a_quarter_of_the_memory_for_its_readers()
    {
        var release = _quota.Hold(s_caller, "busy", 2 * Mebibyte);

        var refused = Expect.Failure(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded, () => _quota.Hold(s_caller, "busy", 1));
        Assert.Equal("pending_stream_bytes", refused.Metadata["quota"]);

        release();
        _quota.Hold(s_caller, "busy", 2 * Mebibyte);
    }

    [Fact]
    public void Finding_3_all_accounts_together_get_the_memory_and_the_services_have_their_own()
    {
        foreach (var account in new[] { "a", "b", "c", "d" })
        {
            _quota.Hold(s_caller, account, 2 * Mebibyte);
        }

        Expect.Failure(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded, () => _quota.Hold(s_caller, "e", 1));
        _quota.Hold(s_service, "a", 8 * Mebibyte);
    }
}
