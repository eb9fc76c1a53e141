using System.Diagnostics.Metrics;
using Crm.Workflows.V1;
using TagSegments.Workflows.Enrolment;

namespace TagSegments.Workflows;

/// <summary>What the workflow service does, as metrics of the meter <c>TagSegments.Workflows</c>.</summary>
internal static class WorkflowMetrics
{
    private static readonly Meter s_meter = new("TagSegments.Workflows");

    private static readonly Counter<long> s_steps = s_meter.CreateCounter<long>(
        "workflows.steps", "{step}", "Steps of runs by their outcome: the attribute workflows.outcome.");

    private static readonly Histogram<double> s_delay = s_meter.CreateHistogram<double>(
        "workflows.feed.delay", "s", "From an event to the commit of what it starts, for the last event of each batch: the attribute workflows.feed.");

    /// <summary>Counts steps that were committed.</summary>
    public static void CountSteps(IEnumerable<Step.Types.Outcome> outcomes)
    {
        foreach (var (outcome, count) in outcomes.CountBy(outcome => outcome))
        {
            s_steps.Add(count, new KeyValuePair<string, object?>("workflows.outcome", outcome.ToString()));
        }
    }

    /// <summary>Measures how long after its last event a batch was handled.</summary>
    public static void Handled(Feed feed, FeedBatch batch)
    {
        if (batch.Events is [.., var last])
        {
            s_delay.Record((DateTime.UtcNow - last.Time).TotalSeconds, new KeyValuePair<string, object?>("workflows.feed", feed.ToString()));
        }
    }
}
