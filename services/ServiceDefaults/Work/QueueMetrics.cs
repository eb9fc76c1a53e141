using System.Diagnostics.Metrics;

namespace TagSegments.ServiceDefaults.Work;

/// <summary>How many pieces of work wait for their turn and have it, as metrics of the meter <c>TagSegments.ServiceDefaults</c>.</summary>
internal static class QueueMetrics
{
    private static readonly Meter s_meter = new("TagSegments.ServiceDefaults");

    private static readonly UpDownCounter<int> s_waiting = s_meter.CreateUpDownCounter<int>(
        "work.queue.waiting", "{piece}", "Pieces of work of accounts that wait for their turn.");

    private static readonly UpDownCounter<int> s_working = s_meter.CreateUpDownCounter<int>(
        "work.queue.working", "{piece}", "Pieces of work of accounts that have their turn.");

    /// <summary>Counts pieces that begin, or with -1 cease, to wait.</summary>
    public static void Waiting(int change) => s_waiting.Add(change);

    /// <summary>Counts pieces that begin, or with -1 cease, to work.</summary>
    public static void Working(int change) => s_working.Add(change);

    /// <summary>Shows the metrics before there is work.</summary>
    public static void Announce()
    {
        Waiting(0);
        Working(0);
    }
}
