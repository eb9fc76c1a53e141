using Crm.Accounts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using TagSegments.ServiceDefaults.Calls;
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

    // The other side is gone. That is known from the message that fails, and only then from the call.
    [Theory]
    [InlineData("write")]
    [InlineData("read")]
    public async Task A_stream_whose_connection_breaks_is_cancelled(string act)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => StreamAsync(new FakeCall(), stream => act == "write"
            ? stream.WriteAsync(new BrokenPipe(), new GetAccountResponse())
            : stream.ReadAsync(new BrokenPipe(), CancellationToken.None)));

        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
        Assert.True(error.IsFor(ErrorReason.CallCancelled));
    }

    [Fact]
    public async Task What_a_stream_cannot_read_elsewhere_is_a_defect()
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => StreamAsync(new FakeCall(), _ => throw new IOException("No space left on device")));

        Assert.Equal(StatusCode.Internal, error.StatusCode);
    }

    private static Task StreamAsync(FakeCall call) =>
        StreamAsync(call, _ => throw new InvalidOperationException("Writing is not allowed after writer was completed."));

    private static async Task StreamAsync(FakeCall call, Func<OpenStream, Task> handler)
    {
        var errors = new ErrorInterceptor(new CallEnds(NullLogger<CallEnds>.Instance), NullLogger<ErrorInterceptor>.Instance);
        var options = new StreamOptions();
        await using var stream = OpenStream.Open(call, new StreamCaller("ann", IsService: false, IsKnown: true), new StreamQuota(options), options, TimeProvider.System);
        await errors.ServerStreamingServerHandler<GetAccountRequest, GetAccountResponse>(
            new(), null!, call, (_, _, _) => stream.RunAsync(_ => handler(stream)));
    }

    private sealed class BrokenPipe : IServerStreamWriter<GetAccountResponse>, IAsyncStreamReader<GetAccountRequest>
    {
        public WriteOptions? WriteOptions { get; set; }

        public GetAccountRequest Current => throw new InvalidOperationException("Nothing was read.");

        public Task WriteAsync(GetAccountResponse message) => throw new IOException("Broken pipe");

        public Task<bool> MoveNext(CancellationToken cancellationToken) => throw new IOException("The client reset the request stream.");
    }
}
