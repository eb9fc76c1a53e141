namespace TagSegments.Segments.Index;

/// <summary>
/// Does for several calls together what each would do alone, one round after the other: calls that arrive while a round is under way share the
/// next one. So a round begins after all its calls have arrived, and what it reads includes every write that was acknowledged before.
/// </summary>
/// <param name="answer">Answers the calls of a round, with failures too: it must not throw.</param>
internal sealed class Rounds<TCall>(Func<IReadOnlyList<TCall>, Task> answer)
{
    private readonly Lock _gate = new();
    private List<TCall> _next = [];
    private bool _running;

    /// <summary>Adds a call to the next round.</summary>
    public void Add(TCall call)
    {
        lock (_gate)
        {
            _next.Add(call);
            if (_running)
            {
                return;
            }

            _running = true;
        }

        _ = RunAsync();
    }

    private async Task RunAsync()
    {
        while (Take() is { Count: > 0 } calls)
        {
            await answer(calls);
            if (calls.Count > 1)
            {
                // Behind the calls that wait for a thread: they get into the next round then, instead of the one after it.
                await Task.Factory.StartNew(() => { }, CancellationToken.None, TaskCreationOptions.PreferFairness, TaskScheduler.Default);
            }
        }
    }

    private List<TCall> Take()
    {
        lock (_gate)
        {
            var calls = _next;
            _next = [];
            _running = calls.Count > 0;
            return calls;
        }
    }
}
