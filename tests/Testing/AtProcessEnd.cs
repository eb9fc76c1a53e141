namespace TagSegments.Testing;

/// <summary>Stops what the whole test process shares, the last started first.</summary>
internal static class AtProcessEnd
{
    private static readonly Stack<Func<Task>> s_stops = new();

    static AtProcessEnd() => AppDomain.CurrentDomain.ProcessExit += (_, _) => StopAll();

    public static void Stop(Func<Task> stop)
    {
        lock (s_stops)
        {
            s_stops.Push(stop);
        }
    }

    private static void StopAll()
    {
        while (s_stops.TryPop(out var stop))
        {
            // On a thread of the pool: the tests' synchronization context is gone by now.
            if (!Task.Run(stop).ContinueWith(Report, TaskScheduler.Default).Wait(TimeSpan.FromSeconds(20)))
            {
                Console.Error.WriteLine("A shared server of the tests did not stop within 20 seconds.");
            }
        }
    }

    private static void Report(Task stopped)
    {
        if (stopped.Exception is { } e)
        {
            Console.Error.WriteLine($"A shared server of the tests did not stop: {e.InnerException}");
        }
    }
}
