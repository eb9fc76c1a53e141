using Crm.Errors.V1;
using Crm.Workflows.V1;
using Dapper;
using Grpc.Core;
using Npgsql;
using TagSegments.Testing;
using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Tests.Runs;

/// <summary>How many runs are at the nodes of a workflow.</summary>
public sealed class RunCountTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private const string Yaml = """
        {name: W, reentry: once_ever, exit_tags: [Start], triggers: [{tag: {tags: [Start]}}], nodes: [
          {id: up, add_tag: {tag: Up}, next: pause}, {id: pause, wait: {period: 3 days}, next: done}, {id: done, end: {}}]}
        """;

    [Fact]
    public async Task Runs_are_counted_where_they_wait_and_where_they_ended()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Start", "Up");
        var workflow = await crm.PublishAsync(Yaml);
        var contacts = new List<int>();
        for (var i = 0; i < 5; i++)
        {
            contacts.Add(await crm.NewContactAsync(null, "Start"));
        }

        var runs = await crm.WaitForRunsAsync(workflow, 0, 5, State.Waiting);
        Assert.Equal([("pause", "waiting", 5), ("up", "passed", 5)], Total(await CountAsync(crm, workflow)));

        await crm.Apps.Workflows.CancelRunAsync(new() { Account = crm.Name, RunId = runs[0].RunId });
        await crm.DeleteContactAsync(runs[1].ContactId);
        await crm.WaitForRunAsync(workflow, runs[1].ContactId, State.Exited);
        await crm.RemoveTagAsync(runs[2].ContactId, "Start");
        await crm.WaitForRunAsync(workflow, runs[2].ContactId, State.Exited);
        await crm.AddTagAsync(runs[2].ContactId, "Start");
        await crm.WaitForRunsAsync(workflow, runs[2].ContactId, 2, State.Exited, State.Declined);
        await crm.Apps.Workflows.UpdateWorkflowAsync(new() { Account = crm.Name, Workflow = new() { WorkflowId = workflow.WorkflowId }, Yaml = Yaml.Replace("3 days", "4 days", StringComparison.Ordinal) });
        await crm.Apps.Workflows.PublishWorkflowAsync(new() { Account = crm.Name, WorkflowId = workflow.WorkflowId });
        await crm.Apps.Workflows.MoveRunsAsync(new() { Account = crm.Name, WorkflowId = workflow.WorkflowId, FromVersion = 1, ToVersion = 2 });

        var counts = await CountAsync(crm, workflow);
        Assert.Equal(
            [("pause", "waiting", 2), ("pause", "exited", 2), ("pause", "cancelled", 1), ("up", "passed", 5)], Total(counts));
        var totals = await Task.WhenAll(
            TotalAsync(crm, workflow, "pause", 2), TotalAsync(crm, workflow, "pause", 1), TotalAsync(crm, workflow, "pause", 0), TotalAsync(crm, workflow, "up", 0));
        Assert.Equal([2, 3, 5, 0], totals);
        Assert.Equal((1, 0, 0), (counts.Total.Declined, counts.Total.LoopStopped, counts.Total.Deferred));
        Assert.Equal([2, 1], counts.Versions.Select(version => version.Version));
        Assert.Equal([("pause", "waiting", 2)], Nodes(counts.Versions[0]));
        Assert.Equal(counts.Versions[0].Nodes, (await CountAsync(crm, workflow, version: 2)).Total.Nodes);
        Assert.Equal([2, 0], (await crm.Apps.Workflows.ListWorkflowVersionsAsync(new() { Account = crm.Name, WorkflowId = workflow.WorkflowId }))
            .Versions.Select(version => version.ActiveRuns));
        Assert.Empty((await CountAsync(crm, await crm.CreateAsync("{name: Other, nodes: [{id: done, end: {}}]}"))).Versions);
    }

    [Fact]
    public async Task Counts_are_exact_whoever_changes_runs_at_the_same_time_and_whatever_is_rolled_back()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps);
        var workflow = await crm.CreateAsync("{name: W, nodes: [{id: a, end: {}}]}");
        var passed = await Task.WhenAll(Enumerable.Range(0, 4).Select(part => ChangeAsync(crm, workflow, part)));
        await MergeAsync(crm);

        var expected = await RunCountOracle.CountAsync(crm, workflow.WorkflowId);
        foreach (var group in passed.SelectMany(part => part).GroupBy(node => node))
        {
            expected[RunCountOracle.Key(group.Key.Version, group.Key.NodeId, "passed")] = group.Count();
        }

        Assert.Equal(expected, RunCountOracle.Of(await CountAsync(crm, workflow)));
        // Hundreds of statements left some rows each, which one statement has merged.
        Assert.Equal(
            expected.Count,
            await crm.QueryAsync<long>("SELECT count(*) FROM workflows.node_count JOIN crm.account USING (account_id) WHERE name = @name"));
    }

    [Fact]
    public async Task Refuses_unknown_workflows_and_versions()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps);
        var workflow = await crm.CreateAsync("{name: W, nodes: [{id: done, end: {}}]}");

        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.InvalidField,
            async () => await crm.Apps.Workflows.ListRunsAsync(new() { Account = crm.Name, NodeId = "done", Version = 1 }),
            "version",
            "node_id");
        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => CountAsync(crm, workflow, version: 1));
        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => CountAsync(crm, new() { WorkflowId = Guid.NewGuid().ToString() }));
        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.InvalidField, () => CountAsync(crm, workflow, version: -1), "version");
        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.InvalidField, () => CountAsync(crm, new() { WorkflowId = "x" }), "workflow_id");
    }

    // Changes runs of its own at random, several at once, as the service does and others may; returns the nodes that they went on from.
    private static async Task<List<(int Version, string NodeId)>> ChangeAsync(WorkflowAccount crm, Workflow workflow, int part)
    {
        const string insertSql = """
            INSERT INTO workflows.run (account_id, run_id, workflow_id, version, contact_id, event_id, state, lane, node_id, due_at)
            SELECT account_id, r.run_id, @workflowId, 1, 1, r.run_id::text, 1, 1, 'a', 'infinity'
            FROM crm.account
            CROSS JOIN unnest(@runIds) AS r (run_id)
            WHERE name = @Name
            """;
        const string updateSql = """
            UPDATE workflows.run
            SET version = @version, node_id = @nodeId, state = @state, step = step + @steps, attempt = @attempt
            WHERE run_id = ANY (@some)
            """;
        var random = new Random(part);
        var runs = Enumerable.Range(0, 60).Select(_ => Guid.NewGuid()).ToDictionary(id => id, _ => (Version: 1, NodeId: "a"));
        var passed = new List<(int, string)>();
        await using var connection = new NpgsqlConnection(crm.Apps.Database.OwnerConnectionString);
        await connection.OpenAsync();
        await connection.ExecuteAsync(insertSql, new { crm.Name, workflowId = Guid.Parse(workflow.WorkflowId), runIds = runs.Keys.ToArray() });
        for (var i = 0; i < 150; i++)
        {
            var some = runs.Keys.Where(_ => random.Next(4) == 0).ToArray();
            var (version, nodeId, steps, isKept) = (random.Next(1, 3), $"{(char)('a' + random.Next(4))}", random.Next(2), random.Next(5) > 0);
            await using var transaction = await connection.BeginTransactionAsync();
            await connection.ExecuteAsync(
                updateSql, new { some, version, nodeId, state = random.Next(1, 7), steps, attempt = random.Next(1, 3) }, transaction);
            await (isKept ? transaction.CommitAsync() : transaction.RollbackAsync());
            foreach (var run in isKept ? some : [])
            {
                passed.AddRange(Enumerable.Repeat(runs[run], steps));
                runs[run] = (version, nodeId);
            }
        }

        return passed;
    }

    // Makes a change at which the chance to merge comes true.
    private static async Task MergeAsync(WorkflowAccount crm)
    {
        const string sql = """
            UPDATE workflows.run SET node_id = 'last'
            WHERE run_id = (SELECT run_id FROM workflows.run JOIN crm.account USING (account_id) WHERE name = @Name ORDER BY run_id LIMIT 1)
            """;
        await using var connection = new NpgsqlConnection(crm.Apps.Database.OwnerConnectionString);
        await connection.OpenAsync();
        var seed = 0.0;
        do
        {
            seed += 0.001;
            await connection.ExecuteAsync("SELECT setseed(@seed)", new { seed });
        }
        while (await connection.ExecuteScalarAsync<double>("SELECT random()") >= 0.02);

        await connection.ExecuteAsync("SELECT setseed(@seed)", new { seed });
        await connection.ExecuteAsync(sql, new { crm.Name });
    }

    private static async Task<int> TotalAsync(WorkflowAccount crm, Workflow workflow, string nodeId, int version)
    {
        var list = await crm.Apps.Workflows.ListRunsAsync(
            new() { Account = crm.Name, WorkflowId = workflow.WorkflowId, NodeId = nodeId, Version = version, ShowTotal = true });
        Assert.Equal(list.Total, list.Runs.Count(run => run.NodeId == nodeId && (version == 0 || run.Version == version)));
        return list.Total;
    }

    private static async Task<GetWorkflowCountsResponse> CountAsync(WorkflowAccount crm, Workflow workflow, int version = 0) =>
        await crm.Apps.Workflows.GetWorkflowCountsAsync(new() { Account = crm.Name, WorkflowId = workflow.WorkflowId, Version = version });

    private static IEnumerable<(string NodeId, string Kind, long Runs)> Total(GetWorkflowCountsResponse counts) => Nodes(counts.Total);

    private static IEnumerable<(string NodeId, string Kind, long Runs)> Nodes(VersionCounts counts) =>
        RunCountOracle.Of(counts).Where(count => count is { Runs: > 0, NodeId.Length: > 0 });
}
