using Crm.Errors.V1;
using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Pipeline.Streams;

/// <summary>Finding 3: how many streams may be open, and how much may wait for their readers.</summary>
public sealed class StreamCountTests
{
    [Fact]
    public async Task Finding_3_an_account_has_its_number_of_streams_and_others_have_theirs()
    {
        await using var host = await StreamHost.StartAsync();
        using var first = await OpenAsync(host, "busy");
        using var second = await OpenAsync(host, "busy");

        var refused = await Expect.FailureAsync(() => OpenAsync(host, "busy"));
        using var other = await OpenAsync(host, "quiet");

        refused.Is(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded);
        Assert.Equal(("concurrent_streams", "2"), (refused.Metadata["quota"], refused.Metadata["limit"]));
        Assert.NotNull(refused.RetryDelay);
    }

    [Fact]
    public async Task A_stream_that_was_closed_makes_room()
    {
        await using var host = await StreamHost.StartAsync(perAccount: 1);
        (await OpenAsync(host, "busy")).Dispose();

        using var next = await Eventually.ReadAsync(() => TryOpenAsync(host, "busy"), opened => opened is not null);
    }

    [Fact]
    public async Task Finding_3_a_caller_has_its_number_of_streams_and_others_have_theirs()
    {
        await using var host = await StreamHost.StartAsync(new() { ["Auth:Mode"] = "jwt", ["Grpc:Streams:PerPrincipal"] = "2" });
        using var first = await OpenAsync(host, "a", "alice");
        using var second = await OpenAsync(host, "b", "alice");

        var refused = await Expect.FailureAsync(() => OpenAsync(host, "c", "alice"));
        using var other = await OpenAsync(host, "c", "bob");

        refused.Is(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded);
        Assert.Equal("concurrent_streams_of_caller", refused.Metadata["quota"]);
    }

    [Fact]
    public async Task Finding_3_the_streams_of_all_tenants_leave_those_of_the_services_alone()
    {
        await using var host = await StreamHost.StartAsync(new() { ["Auth:Mode"] = "jwt", ["Grpc:Streams:PerProcess"] = "2" });
        using var first = await OpenAsync(host, "busy", "alice");
        using var second = await OpenAsync(host, "busy", "bob");

        var refused = await Expect.FailureAsync(() => OpenAsync(host, "quiet", "carol"));
        using var service = await OpenAsync(host, "busy", "service:workflows");
        using var again = await OpenAsync(host, "busy", "service:workflows");

        refused.Is(StatusCode.ResourceExhausted, ErrorReason.Overloaded);
    }

    [Fact]
    public async Task Finding_3_what_streams_of_an_account_keep_in_memory_is_bounded()
    {
        await using var host = await StreamHost.StartAsync(new() { ["Grpc:Streams:PendingMegabytes"] = "8" }, perAccount: 100);
        host.Handlers.Kept = 1_500_000;
        using var first = await OpenAsync(host, "busy");

        var refused = await Expect.FailureAsync(() => OpenAsync(host, "busy"));
        using var other = await OpenAsync(host, "quiet");
        first.Dispose();
        using var next = await Eventually.ReadAsync(() => TryOpenAsync(host, "busy"), opened => opened is not null);

        Assert.Equal((StatusCode.ResourceExhausted, "pending_stream_bytes"), (refused.Status, refused.Metadata["quota"]));
    }

    [Fact]
    public async Task Finding_3_what_waits_for_the_readers_of_an_account_is_bounded()
    {
        await using var host = await StreamHost.StartAsync(new() { ["Grpc:Streams:PendingMegabytes"] = "8" }, perAccount: 100);
        var waiting = 0;
        host.Handlers.Watch = async (responses, ct) =>
        {
            var written = responses.WriteAsync(Large(700_000), ct);
            Interlocked.Increment(ref waiting);
            await written;
            Interlocked.Decrement(ref waiting);
        };
        using var first = host.Watch("busy");
        using var second = host.Watch("busy");
        await Eventually.HoldsAsync(() => Volatile.Read(ref waiting) == 2);

        var refused = await Expect.FailureAsync(() => OpenAsync(host, "busy"));
        using var other = await OpenAsync(host, "quiet");
        Assert.True(await first.ResponseStream.MoveNext(CancellationToken.None));
        using var next = await Eventually.ReadAsync(() => TryOpenAsync(host, "busy"), opened => opened is not null);

        Assert.Equal((StatusCode.ResourceExhausted, "pending_stream_bytes"), (refused.Status, refused.Metadata["quota"]));
    }

    [Fact]
    public async Task Finding_3_a_stream_that_nobody_reads_counts_until_it_ends_by_itself()
    {
        await using var host = await StreamHost.StartAsync(perAccount: 1);
        var started = new TaskCompletionSource();
        host.Handlers.Watch = async (responses, ct) =>
        {
            started.TrySetResult();
            await responses.WriteAsync(Large(1_000_000), ct);
        };
        using var unread = host.Watch("busy");
        await started.Task.WaitAsync(Eventually.Patience);

        var refused = await Expect.FailureAsync(() => OpenAsync(host, "busy"));
        using var next = await Eventually.ReadAsync(
            () =>
            {
                host.Time.Advance(TimeSpan.FromSeconds(61));
                return TryOpenAsync(host, "busy");
            },
            opened => opened is not null);

        refused.Is(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded);
    }

    internal static WatchTagEventsResponse Large(int bytes) => new() { Position = new string('x', bytes) };

    private static async Task<AsyncServerStreamingCall<WatchTagEventsResponse>> OpenAsync(StreamHost host, string account, string? caller = null)
    {
        var call = host.Watch(account, caller);
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        return call;
    }

    private static async Task<AsyncServerStreamingCall<WatchTagEventsResponse>?> TryOpenAsync(StreamHost host, string account)
    {
        try
        {
            return await OpenAsync(host, account);
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.ResourceExhausted)
        {
            return null;
        }
    }
}
