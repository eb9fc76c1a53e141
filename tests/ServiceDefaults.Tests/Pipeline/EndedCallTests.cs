using Crm.Accounts.V1;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using TagSegments.ServiceDefaults.Pipeline;
using TagSegments.ServiceDefaults.Pipeline.Streams;
using TagSegments.ServiceDefaults.Tests.Calls;

namespace TagSegments.ServiceDefaults.Tests.Pipeline;

/// <summary>What goes wrong in a call that has ended is no defect, also in the moment before its token is cancelled.</summary>
public sealed class EndedCallTests
{
    private static readonly DateTime s_past = DateTime.UtcNow.AddSeconds(-1);

    [Fact]
    public async Task A_stream_that_writes_after_its_deadline_has_met_its_deadline()
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => StreamAsync(new FakeCall(deadline: s_past)));

        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
    }

    [Fact]
    public async Task What_a_stream_cannot_write_before_its_deadline_is_a_defect()
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => StreamAsync(new FakeCall()));

        Assert.Equal(StatusCode.Internal, error.StatusCode);
    }

    private static async Task StreamAsync(FakeCall call)
    {
        var errors = new ErrorInterceptor(new CallEnds(NullLogger<CallEnds>.Instance), NullLogger<ErrorInterceptor>.Instance);
        var options = new StreamOptions();
        await using var stream = OpenStream.Open(call, new StreamCaller("ann", IsService: false, IsKnown: true), new StreamQuota(options), options, TimeProvider.System);
        await errors.ServerStreamingServerHandler<GetAccountRequest, GetAccountResponse>(
            new(), null!, call, (_, _, _) => stream.RunAsync(_ => throw new InvalidOperationException("Writing is not allowed after writer was completed.")));
    }
}
