using Crm.Workflows.V1;

namespace TagSegments.Benchmarks.Workflows;

/// <summary>The time from a tag on a contact to the end of the first action of its workflow, at 200 taggings a second.</summary>
internal static class TriggerSpeed
{
    private const int EventsPerSecond = 200;

    public static async Task RunAsync(WorkflowFixture ours, BenchmarkOptions options, Report report)
    {
        var tagId = await ours.NewTagAsync("In");
        await ours.NewTagAsync("Out");
        var workflow = await ours.PublishAsync("{name: Mark, triggers: [{tag: {tags: [In]}}], nodes: [{id: mark, add_tag: {tag: Out}}]}");
        var count = Math.Min(ours.Contacts, EventsPerSecond * 3 * options.Rounds);

        await ours.AddSteadilyAsync(tagId, count, EventsPerSecond, CancellationToken.None);
        await ours.WaitForRunsAsync(workflow, count, Run.Types.State.Completed);

        // The first second warms up.
        var times = await ours.LatenciesAsync(workflow, skip: EventsPerSecond);
        report.Compare($"trigger to first action at {EventsPerSecond} events/s, p50 of {times.Length:N0}", times[times.Length / 2], "the goal of p99", 500, "ms");
        report.AtMost($"trigger to first action at {EventsPerSecond} events/s, p99", times[(int)(times.Length * 0.99)], "the goal", 500, "ms", 1);
    }
}
