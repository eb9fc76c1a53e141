using System.Diagnostics.Metrics;

namespace TagSegments.Workflows.Enrolment;

/// <summary>How fast feeds are handled, as a metric of the meter <c>TagSegments.Workflows</c>.</summary>
internal static class FeedMetrics
{
    private static readonly Meter s_meter = new("TagSegments.Workflows");

    private static readonly Histogram<double> s_delay = s_meter.CreateHistogram<double>(
        "workflows.feed.delay", "s", "From an event to the commit of what it starts, for the last event of each batch: the attribute workflows.feed.");

    /// <summary>Measures how long after its last event a batch was handled.</summary>
    public static void Handled(Feed feed, FeedBatch batch)
    {
        if (batch.Events is [.., var last])
        {
            s_delay.Record((DateTime.UtcNow - last.Time).TotalSeconds, new KeyValuePair<string, object?>("workflows.feed", feed.ToString()));
        }
    }
}
