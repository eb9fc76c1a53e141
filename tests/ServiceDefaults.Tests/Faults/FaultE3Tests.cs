using Crm.Accounts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TagSegments.ServiceDefaults.Pipeline;
using TagSegments.ServiceDefaults.Tests.Calls;
using TagSegments.ServiceDefaults.Tests.Pipeline.Streams;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Faults;

/// <summary>Fault E3: a call that ends before its answer says why, to the caller as far as one listens, and in the log.</summary>
public sealed class FaultE3Tests
{
    [Fact]
    public async Task The_servers_own_limit_is_the_reason()
    {
        using var logs = new CapturedLogs();
        await using var host = await TestHost.StartAsync(WaitAsync, new() { ["Grpc:MaxSeconds"] = "1" }, logs: logs);

        var error = await FailureAsync(host);

        error.Is(StatusCode.DeadlineExceeded, ErrorReason.CallTimeLimit);
        Assert.Equal("1", error.Metadata["limit_seconds"]);
        AssertLogged(logs, "took longer than a call may, 1 seconds");
    }

    [Fact]
    public async Task The_servers_own_limit_is_the_reason_whatever_a_handler_makes_of_its_cancellation()
    {
        await using var host = await TestHost.StartAsync(
            async (request, context) =>
            {
                try
                {
                    return await WaitAsync(request, context);
                }
                catch (OperationCanceledException)
                {
                    throw new RpcException(new Status(StatusCode.Cancelled, ""));
                }
            },
            new() { ["Grpc:MaxSeconds"] = "1" });

        (await FailureAsync(host)).Is(StatusCode.DeadlineExceeded, ErrorReason.CallTimeLimit);
    }

    [Fact]
    public async Task A_longer_deadline_of_the_caller_does_not_hide_the_servers_limit()
    {
        await using var host = await TestHost.StartAsync(WaitAsync, new() { ["Grpc:MaxSeconds"] = "1" });

        var error = await Expect.FailureAsync(
            () => host.Client.GetAccountAsync(new() { Account = "a" }, deadline: DateTime.UtcNow.AddMinutes(5)).ResponseAsync);

        error.Is(StatusCode.DeadlineExceeded, ErrorReason.CallTimeLimit);
    }

    [Fact]
    public async Task A_caller_that_goes_away_is_in_the_log()
    {
        using var logs = new CapturedLogs();
        var entered = new TaskCompletionSource();
        await using var host = await TestHost.StartAsync((request, context) => EnterAsync(entered, request, context), logs: logs);
        using var stop = new CancellationTokenSource();
        var call = host.Client.GetAccountAsync(new() { Account = "a" }, cancellationToken: stop.Token).ResponseAsync;
        await entered.Task.WaitAsync(Eventually.Patience);

        await stop.CancelAsync();
        await Expect.FailureAsync(() => call);

        await Eventually.HoldsAsync(() => IsLogged(logs, "The caller ended the call."));
    }

    [Fact]
    public async Task A_deadline_of_the_caller_is_in_the_log()
    {
        using var logs = new CapturedLogs();
        await using var host = await TestHost.StartAsync(
            (request, context) => request.Account == "first" ? Task.FromResult(new GetAccountResponse()) : WaitAsync(request, context), logs: logs);
        // The first call of a process takes long: another one comes to its handler before its deadline.
        await host.Client.GetAccountAsync(new() { Account = "first" });

        var error = await Expect.FailureAsync(
            () => host.Client.GetAccountAsync(new() { Account = "a" }, deadline: DateTime.UtcNow.AddSeconds(3)).ResponseAsync);

        Assert.Equal(StatusCode.DeadlineExceeded, error.Status);
        await Eventually.HoldsAsync(() => IsLogged(logs, "The deadline of the call passed."));
    }

    [Fact]
    public async Task A_call_that_another_service_dropped_can_be_repeated()
    {
        using var logs = new CapturedLogs();
        await using var host = await TestHost.StartAsync((_, _) => throw new RpcException(new Status(StatusCode.Cancelled, "")), logs: logs);

        (await FailureAsync(host)).Is(StatusCode.Unavailable, ErrorReason.Unavailable);
        AssertLogged(logs, "Another service ended the call");
    }

    [Fact]
    public async Task A_stopping_service_says_that_it_stops()
    {
        using var lifetime = new StoppingLifetime();
        var time = new FakeTimeProvider();
        var limit = new TimeLimitInterceptor(60, new CallEnds(NullLogger<CallEnds>.Instance, lifetime), time);
        var call = limit.UnaryServerHandler<GetAccountRequest, GetAccountResponse>(new(), new FakeCall(), WaitAsync);
        lifetime.StopApplication();
        Assert.False(call.IsCompleted);

        time.Advance(TimeSpan.FromSeconds(15));

        new Failure(await Assert.ThrowsAsync<RpcException>(() => call)).Is(StatusCode.Unavailable, ErrorReason.ShuttingDown);
    }

    [Fact]
    public void What_breaks_while_a_service_stops_is_put_down_to_that()
    {
        using var lifetime = new StoppingLifetime();
        lifetime.StopApplication();
        var error = new CallEnds(NullLogger<CallEnds>.Instance, lifetime).Ended(new FakeCall());
        var past = new CallEnds(NullLogger<CallEnds>.Instance, lifetime).Ended(new FakeCall(deadline: DateTime.UtcNow.AddSeconds(-1)));
        var left = new CallEnds(NullLogger<CallEnds>.Instance).Ended(new FakeCall());

        new Failure(error).Is(StatusCode.Unavailable, ErrorReason.ShuttingDown);
        new Failure(past).Is(StatusCode.DeadlineExceeded, ErrorReason.CallDeadline);
        new Failure(left).Is(StatusCode.Cancelled, ErrorReason.CallCancelled);
    }

    [Fact]
    public async Task A_stream_that_its_reader_leaves_is_in_the_log()
    {
        using var logs = new CapturedLogs();
        await using var host = await StreamHost.StartAsync(logs: logs);
        using (var call = host.Watch("busy"))
        {
            await call.ResponseStream.MoveNext(default);
        }

        await Eventually.HoldsAsync(() => IsLogged(logs, "WatchTagEvents ended before its answer: The caller ended the call."));
    }

    [Fact]
    public async Task A_stream_that_is_too_old_is_in_the_log()
    {
        using var logs = new CapturedLogs();
        await using var host = await StreamHost.StartAsync(logs: logs);
        using var call = host.Watch("old");
        await call.ResponseStream.MoveNext(default);

        host.Time.Advance(TimeSpan.FromMinutes(61));
        (await Expect.FailureAsync(() => call.ResponseStream.MoveNext(default))).Is(StatusCode.Unavailable, ErrorReason.StreamExpired);

        AssertLogged(logs, "A stream lasts at most");
    }

    private static async Task<GetAccountResponse> WaitAsync(GetAccountRequest request, ServerCallContext context)
    {
        await Task.Delay(Timeout.Infinite, context.CancellationToken);
        return new GetAccountResponse();
    }

    private static Task<GetAccountResponse> EnterAsync(TaskCompletionSource entered, GetAccountRequest request, ServerCallContext context)
    {
        entered.TrySetResult();
        return WaitAsync(request, context);
    }

    private static Task<Failure> FailureAsync(TestHost host) => Expect.FailureAsync(() => host.Client.GetAccountAsync(new() { Account = "a" }).ResponseAsync);

    private static void AssertLogged(CapturedLogs logs, string text) =>
        Assert.Contains(logs.Lines, line => line.StartsWith(nameof(LogLevel.Information), StringComparison.Ordinal) && line.Contains(text, StringComparison.Ordinal));

    private static bool IsLogged(CapturedLogs logs, string text) => logs.Lines.Any(line => line.Contains(text, StringComparison.Ordinal));

    private sealed class StoppingLifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => _stopping.Cancel();

        public void Dispose() => _stopping.Dispose();
    }
}
