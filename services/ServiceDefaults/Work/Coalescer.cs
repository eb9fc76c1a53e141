using System.Diagnostics;
using TagSegments.ServiceDefaults.Traces;

namespace TagSegments.ServiceDefaults.Work;

/// <summary>
/// Does for several calls together what each would do alone, one round after the other: calls that arrive during a round share the next one.
/// So a round begins after all its calls have arrived, and what it reads includes every write that was acknowledged before. Under load the
/// price of a round is shared; without load a call waits for nothing.
/// </summary>
public sealed class Coalescer<TCall, TResult> : IAsyncDisposable
    where TCall : PendingCall<TResult>
{
    private readonly Func<IReadOnlyList<TCall>, Task> _answer;
    private readonly Func<IReadOnlyList<TCall>, int, (List<TCall> Round, List<TCall> Left)> _choose;
    private readonly int _maxCalls;
    private readonly Lock _gate = new();
    private List<TCall> _waiting = [];
    private bool _isRunning;
    private TaskCompletionSource? _closed;

    /// <summary>
    /// <paramref name="answer"/> completes or fails the calls of a round, at most <paramref name="maxCalls"/>; if it throws, all that have no
    /// answer yet fail. <paramref name="choose"/> decides which of the waiting calls can share a round; without it, the oldest do.
    /// </summary>
    public Coalescer(
        Func<IReadOnlyList<TCall>, Task> answer,
        int maxCalls = int.MaxValue,
        Func<IReadOnlyList<TCall>, int, (List<TCall> Round, List<TCall> Left)>? choose = null)
    {
        _answer = answer;
        _maxCalls = maxCalls;
        _choose = choose ?? Oldest;
    }

    /// <summary>The name of the span of a round, and the account that it is for; 0 for none.</summary>
    public (string Name, int AccountId) Span { get; init; } = ("work.together", 0);

    /// <summary>Whether calls that wait for a thread are let into the next round before it begins. Worth it for short rounds only.</summary>
    public bool GathersCalls { get; init; }

    /// <summary>Answers a call in the next round. Cancelling ends the wait, not a round that has begun.</summary>
    public async Task<TResult> RunAsync(TCall call, CancellationToken ct)
    {
        if (Add(call))
        {
            // Nobody is at work, so the caller is: it need not wait for another thread. If it goes away, the round goes on without it.
            await BeginAsync().WaitAsync(ct);
        }

        return await call.Answer.WaitAsync(ct);
    }

    /// <summary>Accepts no more calls and ends when the waiting ones are answered.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _closed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!_isRunning)
            {
                _closed.TrySetResult();
            }
        }

        await _closed.Task;
    }

    // Whether the caller has to begin the round.
    private bool Add(TCall call)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed is not null, this);
            _waiting.Add(call);
            var leads = !_isRunning;
            _isRunning = true;
            return leads;
        }
    }

    // Calls that came meanwhile are left to a loop.
    private async Task BeginAsync()
    {
        await AnswerAsync(Take());
        _ = DrainAsync();
    }

    private async Task DrainAsync()
    {
        // What follows is not the work of the call that began.
        Activity.Current = null;
        while (Take() is { Count: > 0 } calls)
        {
            await AnswerAsync(calls);
            if (GathersCalls && calls.Count > 1)
            {
                // Behind the calls that wait for a thread: they get into the next round then, instead of the one after it.
                await Task.Factory.StartNew(() => { }, CancellationToken.None, TaskCreationOptions.PreferFairness, TaskScheduler.Default);
            }
        }
    }

    private async Task AnswerAsync(List<TCall> calls)
    {
        using var span = Spans.Together(calls.Select(call => call.Caller), Span.Name, Span.AccountId)?.SetTag("tagsegments.calls", calls.Count);
        try
        {
            await _answer(calls);
        }
        catch (Exception e)
        {
            span.Fail(e);
            // The callers must get any exception; none may be left waiting.
            calls.ForEach(call => call.Fail(e));
        }
    }

    private List<TCall> Take()
    {
        lock (_gate)
        {
            (var calls, _waiting) = _choose(_waiting, _maxCalls);
            _isRunning = calls.Count > 0;
            if (!_isRunning)
            {
                _closed?.TrySetResult();
            }

            return calls;
        }
    }

    private static (List<TCall> Round, List<TCall> Left) Oldest(IReadOnlyList<TCall> waiting, int max)
    {
        if (waiting is List<TCall> all && all.Count <= max)
        {
            return (all, []);
        }

        return ([.. waiting.Take(max)], [.. waiting.Skip(max)]);
    }
}
