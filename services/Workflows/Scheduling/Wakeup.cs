namespace TagSegments.Workflows.Scheduling;

/// <summary>Wakes the one worker that waits for it.</summary>
internal sealed class Wakeup
{
    private volatile TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether it was set since the last call of <see cref="Next"/>.</summary>
    public bool IsSet => _next.Task.IsCompleted;

    /// <summary>Wakes the worker.</summary>
    public void Set() => _next.TrySetResult();

    /// <summary>A task that ends with the next wake-up. The worker takes it before it looks for work, so that no wake-up falls between.</summary>
    public Task Next()
    {
        if (IsSet)
        {
            _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return _next.Task;
    }
}
