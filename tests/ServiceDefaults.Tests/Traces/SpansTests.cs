using System.Collections.Concurrent;
using System.Diagnostics;
using TagSegments.ServiceDefaults.Traces;
using TagSegments.ServiceDefaults.Work;

namespace TagSegments.ServiceDefaults.Tests.Traces;

public sealed class SpansTests : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public SpansTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Spans.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public void The_trace_of_a_thing_has_its_id()
    {
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        using var span = Spans.Of([first, second], "test.step", 7);

        Assert.Equal(first.ToString("N"), span!.TraceId.ToHexString());
        Assert.Equal(second.ToString("N"), Assert.Single(span.Links).Context.TraceId.ToHexString());
        Assert.Equal(7, span.GetTagItem(Spans.AccountId));
    }

    [Fact]
    public async Task Each_round_for_several_callers_is_in_the_trace_of_one_of_its_own_and_names_the_others()
    {
        var name = $"test.{Guid.NewGuid()}";
        var gate = new TaskCompletionSource();
        await using var coalescer = new Coalescer<Call, ActivityTraceId>(async calls =>
        {
            await gate.Task;
            calls.ToList().ForEach(call => call.Complete(Activity.Current!.TraceId));
        })
        {
            Span = (name, 3),
        };

        var first = AskAsync(coalescer);
        var (second, third) = (AskAsync(coalescer), AskAsync(coalescer));
        gate.SetResult();
        var callers = await Task.WhenAll(first, second, third);

        Assert.Equal(callers[0].Own, callers[0].Round);
        Assert.Equal(callers[1].Own, callers[1].Round);
        Assert.Equal(callers[1].Own, callers[2].Round);
        await Testing.Eventually.HoldsAsync(() => _ended.Count(span => span.OperationName == name) == 2);
        var round = _ended.Last(span => span.OperationName == name);
        Assert.Equal(callers[2].Own, Assert.Single(round.Links).Context.TraceId);
    }

    private static async Task<(ActivityTraceId Own, ActivityTraceId Round)> AskAsync(Coalescer<Call, ActivityTraceId> coalescer)
    {
        using var caller = new Activity("caller").Start();
        return (caller.TraceId, await coalescer.RunAsync(new Call(), CancellationToken.None));
    }

    private sealed class Call : PendingCall<ActivityTraceId>;
}
