using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Pipeline.Streams;

/// <summary>Finding 5: a stream does not outlive the token that opened it, to which the difference of clocks is added.</summary>
public sealed class StreamTokenTests
{
    private static readonly Dictionary<string, string?> s_guarded = new() { ["Auth:Mode"] = "jwt" };

    [Fact]
    public async Task Finding_5_a_watch_ends_with_the_token_that_opened_it()
    {
        await using var host = await StreamHost.StartAsync(s_guarded);
        var (good, expired) = (new TaskCompletionSource(), new TaskCompletionSource());
        host.Handlers.Watch = async (responses, ct) =>
        {
            await responses.WriteAsync(new(), ct);
            await good.Task.WaitAsync(ct);
            await responses.WriteAsync(new() { Position = "still good" }, ct);
            await expired.Task.WaitAsync(ct);
            await responses.WriteAsync(new() { Position = "too late" }, ct);
        };
        using var call = host.Watch("acme", "alice", Start(host).AddMinutes(10));
        await call.ResponseStream.MoveNext(default);

        host.Time.Advance(TimeSpan.FromMinutes(10));
        good.SetResult();
        Assert.True(await call.ResponseStream.MoveNext(default));
        Assert.Equal("still good", call.ResponseStream.Current.Position);
        host.Time.Advance(TimeSpan.FromMinutes(2));
        expired.SetResult();
        var ended = await Expect.FailureAsync(() => call.ResponseStream.MoveNext(default));

        Assert.Contains("expired", ended.Is(StatusCode.Unauthenticated, ErrorReason.Unauthenticated).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finding_5_an_upload_ends_with_the_token_that_opened_it()
    {
        await using var host = await StreamHost.StartAsync(s_guarded);
        var received = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var expired = new TaskCompletionSource();
        var isTaken = false;
        host.Handlers.Upload = async (requests, ct) =>
        {
            await requests.MoveNext(ct);
            received.SetResult();
            await expired.Task.WaitAsync(ct);
            isTaken = await requests.MoveNext(ct);
        };
        using var call = host.Upload("alice", Start(host).AddMinutes(10));
        await call.RequestStream.WriteAsync(new() { Account = "acme" });
        await received.Task.WaitAsync(Eventually.Patience);

        host.Time.Advance(TimeSpan.FromMinutes(12));
        expired.SetResult();
        await call.RequestStream.WriteAsync(new() { Account = "acme" });
        var ended = await Expect.FailureAsync(() => call.ResponseStream.MoveNext(default));

        ended.Is(StatusCode.Unauthenticated, ErrorReason.Unauthenticated);
        Assert.False(isTaken);
    }

    private static DateTime Start(StreamHost host) => host.Time.GetUtcNow().UtcDateTime;
}
