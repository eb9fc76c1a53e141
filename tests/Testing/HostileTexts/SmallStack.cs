namespace TagSegments.Testing.HostileTexts;

/// <summary>Runs code that must neither recur deeply nor take long.</summary>
internal static class SmallStack
{
    // A third of what threads of the pool have.
    private const int Bytes = 512 * 1024;

    /// <summary>Runs on a thread with a small stack and returns the exception, if any. Throws <see cref="TimeoutException"/> if it takes too long.</summary>
    public static Task<Exception?> RunAsync(Action action)
    {
        var end = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => end.SetResult(Xunit.Record.Exception(action)), Bytes) { IsBackground = true }.Start();
        return end.Task.WaitAsync(Eventually.Patience);
    }
}
