using System.Diagnostics;

namespace TagSegments.Chaos.Scenarios;

/// <summary>Waits for what services still do when the load has ended.</summary>
internal static class Settling
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Waits until nothing is left, or until for as long as the patience not less has been left than before. So work that goes on is waited for,
    /// however slow the machine is.
    /// </summary>
    public static async Task WaitAsync(Func<Task<long>> left, TimeSpan patience)
    {
        var (least, waited) = (long.MaxValue, Stopwatch.StartNew());
        while (await left() is > 0 and var now && (now < least || waited.Elapsed < patience))
        {
            if (now < least)
            {
                least = now;
                waited.Restart();
            }

            await Task.Delay(s_pause);
        }
    }
}
