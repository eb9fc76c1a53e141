using System.Diagnostics.Metrics;
using Crm.Workflows.V1;

namespace TagSegments.Workflows.Execution;

/// <summary>How many steps runs make, as a metric of the meter <c>TagSegments.Workflows</c>.</summary>
internal static class StepMetrics
{
    private static readonly Meter s_meter = new("TagSegments.Workflows");

    private static readonly Counter<long> s_steps = s_meter.CreateCounter<long>(
        "workflows.steps", "{step}", "Steps of runs by their outcome: the attribute workflows.outcome.");

    /// <summary>Counts steps that were committed.</summary>
    public static void Count(IEnumerable<Step.Types.Outcome> outcomes)
    {
        foreach (var (outcome, count) in outcomes.CountBy(outcome => outcome))
        {
            Count(outcome, count);
        }
    }

    /// <summary>Shows every outcome before there is one.</summary>
    public static void Announce() => Array.ForEach(
        [Step.Types.Outcome.Done, Step.Types.Outcome.Skipped, Step.Types.Outcome.Failed, Step.Types.Outcome.Parked, Step.Types.Outcome.Waiting], outcome => Count(outcome, 0));

    private static void Count(Step.Types.Outcome outcome, int steps) => s_steps.Add(steps, new KeyValuePair<string, object?>("workflows.outcome", outcome.ToString()));
}
