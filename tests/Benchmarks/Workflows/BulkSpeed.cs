using Crm.Tags.V1;
using Crm.Workflows.V1;

namespace TagSegments.Benchmarks.Workflows;

/// <summary>A bulk operation that starts a run for each contact: how fast its steps are worked off, and how long single events take meanwhile.</summary>
internal static class BulkSpeed
{
    private const int SinglesPerSecond = 20;

    public static async Task RunAsync(WorkflowFixture ours, Report report)
    {
        var flash = await ours.NewTagAsync("Flash Sale");
        var one = await ours.NewTagAsync("One");
        await ours.NewTagAsync("Told");
        await ours.NewTagAsync("Done");
        var bulk = await ours.PublishAsync("""
            name: Flash
            triggers: [{tag: {tags: [Flash Sale]}}]
            nodes:
            - id: way
              branch:
                branches: [{when: has tag "Flash Sale", next: tell}]
            - {id: tell, add_tag: {tag: Told}, next: done}
            - {id: done, end: {}}
            """);
        var single = await ours.PublishAsync("{name: Single, triggers: [{tag: {tags: [One]}}], nodes: [{id: mark, add_tag: {tag: Done}}]}");

        using var stop = new CancellationTokenSource();
        var singles = ours.AddSteadilyAsync(one, int.MaxValue, SinglesPerSecond, stop.Token);
        await ours.Tags.BulkTagAsync(new BulkTagRequest
        {
            Account = ours.Account,
            ContactIds = { Enumerable.Range(1, ours.Contacts) },
            AddTagIds = { flash },
        });
        await ours.WaitForRunsAsync(bulk, ours.Contacts, Run.Types.State.Completed);
        await stop.CancelAsync();
        await singles;
        await ours.WaitForRunsAsync(single, (int)await ours.ScalarAsync<long>("SELECT count(*) FROM tags.tag_change WHERE tag_id = @one", new { one }), Run.Types.State.Completed);

        var (steps, seconds) = (await StepsAsync(ours, bulk), await SecondsAsync(ours, bulk));
        report.AtLeast($"steps of a bulk tag of {ours.Contacts:N0} contacts", steps / seconds, "the goal", 2_000, "steps/s", 1);
        var times = await ours.LatenciesAsync(single, skip: 0);
        report.Compare($"trigger to first action of single events meanwhile, p50 of {times.Length:N0}", times[times.Length / 2], "the goal of p99", 500, "ms");
        report.AtMost("trigger to first action of single events meanwhile, p99", times[(int)(times.Length * 0.99)], "the goal", 500, "ms", 1);
    }

    private static Task<long> StepsAsync(WorkflowFixture ours, Workflow workflow) => ours.ScalarAsync<long>(
        "SELECT count(*) FROM workflows.step JOIN workflows.run USING (account_id, run_id) WHERE workflow_id = @id",
        new { id = Guid.Parse(workflow.WorkflowId) });

    // From the bulk operation's first commit to the last step.
    private static Task<double> SecondsAsync(WorkflowFixture ours, Workflow workflow) => ours.ScalarAsync<double>(
        """
        SELECT extract(epoch FROM max(step.at) - (SELECT min(at) FROM tags.tag_change WHERE contact_id IS NULL AND tag_id = (
            SELECT tag_id FROM tags.tag WHERE name = 'Flash Sale')))::float8
        FROM workflows.step
        JOIN workflows.run USING (account_id, run_id)
        WHERE workflow_id = @id
        """,
        new { id = Guid.Parse(workflow.WorkflowId) });
}
