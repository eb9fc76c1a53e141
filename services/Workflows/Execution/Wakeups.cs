using System.Collections.Concurrent;

namespace TagSegments.Workflows.Execution;

/// <summary>Tells the executors of an account in this process that there may be work, so that they need not look all the time.</summary>
internal sealed class Wakeups
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource> _sleepers = new();

    /// <summary>Wakes everybody who waits for the account.</summary>
    public void Wake(int accountId)
    {
        if (_sleepers.TryRemove(accountId, out var sleeper))
        {
            sleeper.TrySetResult();
        }
    }

    /// <summary>A task that ends with the next <see cref="Wake"/>. Take it before looking for work, so that no call falls between.</summary>
    public Task Next(int accountId) =>
        _sleepers.GetOrAdd(accountId, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
}
