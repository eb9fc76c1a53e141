using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Pipeline.Streams;

/// <summary>Finding 3: when a stream ends by itself.</summary>
public sealed class StreamEndTests
{
    private static readonly TimeSpan s_overIdle = TimeSpan.FromSeconds(61);

    [Fact]
    public async Task Finding_3_a_stream_that_nobody_reads_ends()
    {
        await using var host = await StreamHost.StartAsync();
        var stalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Handlers.Watch = async (responses, ct) =>
        {
            try
            {
                var written = responses.WriteAsync(StreamCountTests.Large(1_000_000), ct);
                stalled.TrySetResult();
                await written;
            }
            finally
            {
                ended.TrySetResult();
            }
        };
        using var unread = host.Watch("busy");
        await stalled.Task.WaitAsync(Eventually.Patience);

        // Once: as much time again would be that of a status that nobody reads.
        host.Time.Advance(s_overIdle);
        await ended.Task.WaitAsync(Eventually.Patience);
        var status = await Expect.StatusAsync(() => unread.ResponseStream.ReadAllAsync().CountAsync().AsTask());

        Assert.Equal(StatusCode.ResourceExhausted, status);
    }

    [Fact]
    public async Task A_stream_that_waits_for_events_is_not_idle()
    {
        await using var host = await StreamHost.StartAsync();
        var happened = new TaskCompletionSource();
        host.Handlers.Watch = async (responses, ct) =>
        {
            await responses.WriteAsync(new(), ct);
            await happened.Task.WaitAsync(ct);
            await responses.WriteAsync(new() { Position = "later" }, ct);
        };
        using var call = host.Watch("quiet");
        await call.ResponseStream.MoveNext(default);

        host.Time.Advance(TimeSpan.FromMinutes(50));
        happened.SetResult();

        Assert.True(await call.ResponseStream.MoveNext(default));
        Assert.Equal("later", call.ResponseStream.Current.Position);
        Assert.False(await call.ResponseStream.MoveNext(default));
    }

    [Fact]
    public async Task Finding_3_a_stream_that_is_too_old_ends_and_says_so()
    {
        await using var host = await StreamHost.StartAsync();
        using var call = host.Watch("old");
        await call.ResponseStream.MoveNext(default);

        host.Time.Advance(TimeSpan.FromMinutes(61));
        var ended = await Expect.FailureAsync(() => call.ResponseStream.MoveNext(default));

        ended.Is(StatusCode.Unavailable, ErrorReason.StreamExpired);
    }

    [Fact]
    public async Task Finding_3_a_handler_that_ends_quietly_when_its_stream_is_too_old_does_not_hide_it()
    {
        await using var host = await StreamHost.StartAsync();
        host.Handlers.Watch = async (responses, ct) =>
        {
            await responses.WriteAsync(new(), ct);
            await Task.Delay(Timeout.Infinite, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };
        using var call = host.Watch("old");
        await call.ResponseStream.MoveNext(default);

        host.Time.Advance(TimeSpan.FromMinutes(61));
        var ended = await Expect.FailureAsync(() => call.ResponseStream.MoveNext(default));

        ended.Is(StatusCode.Unavailable, ErrorReason.StreamExpired);
    }

    [Fact]
    public async Task Finding_3_an_upload_that_stalls_ends()
    {
        await using var host = await StreamHost.StartAsync();
        var stalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Handlers.Upload = async (requests, ct) =>
        {
            await requests.MoveNext(ct);
            var next = requests.MoveNext(ct);
            stalled.SetResult();
            await next;
        };
        using var call = host.Upload();
        await call.RequestStream.WriteAsync(new() { Account = "slow" });
        await stalled.Task.WaitAsync(Eventually.Patience);

        // Once: as much time again would be that of a status that nobody reads.
        host.Time.Advance(s_overIdle);
        var ended = await Expect.FailureAsync(() => call.ResponseStream.MoveNext(default));

        ended.Is(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded);
        Assert.Equal("stream_idle_seconds", ended.Metadata["quota"]);
    }

    // The status was once lost: what awaits its reader was taken for a message that is not read.
    [Fact]
    public async Task Finding_3_a_stalled_upload_whose_handler_ends_at_once_says_so()
    {
        await using var host = await StreamHost.StartAsync();
        var stalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Handlers.Upload = async (requests, ct) =>
        {
            await requests.MoveNext(ct);
            _ = requests.MoveNext(ct);
            // Goes on within the cancellation.
            var end = new TaskCompletionSource();
            ct.Register(end.SetResult);
            stalled.SetResult();
            await end.Task;
        };
        using var call = host.Upload();
        await call.RequestStream.WriteAsync(new() { Account = "slow" });
        await stalled.Task.WaitAsync(Eventually.Patience);

        host.Time.Advance(s_overIdle);
        var ended = await Expect.FailureAsync(() => call.ResponseStream.MoveNext(default));

        ended.Is(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded);
    }

    [Fact]
    public async Task Finding_3_an_upload_counts_for_the_account_of_its_first_message()
    {
        await using var host = await StreamHost.StartAsync(perAccount: 1);
        using var watch = host.Watch("busy");
        await watch.ResponseStream.MoveNext(default);
        using var call = host.Upload();
        await call.RequestStream.WriteAsync(new() { Account = "busy" });

        var refused = await Expect.FailureAsync(() => call.ResponseStream.MoveNext(default));

        refused.Is(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded);
    }
}
