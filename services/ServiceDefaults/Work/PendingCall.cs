using System.Diagnostics;

namespace TagSegments.ServiceDefaults.Work;

/// <summary>A call that waits to be answered together with others, see <see cref="Coalescer{TCall, TResult}"/>.</summary>
public abstract class PendingCall<TResult>
{
    private readonly TaskCompletionSource<TResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The span in which the call waits; the default if it is not traced.</summary>
    public ActivityContext Caller { get; } = Activity.Current?.Context ?? default;

    /// <summary>The answer, as soon as there is one.</summary>
    public Task<TResult> Answer => _answer.Task;

    /// <summary>Answers the call, unless it has an answer.</summary>
    public void Complete(TResult result) => _answer.TrySetResult(result);

    /// <summary>Fails the call, unless it has an answer.</summary>
    public void Fail(Exception exception)
    {
        // A caller that has gone away does not observe the exception; this observes it.
        _ = _answer.TrySetException(exception) ? _answer.Task.Exception : null;
    }
}
