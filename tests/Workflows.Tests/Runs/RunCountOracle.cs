using Crm.Workflows.V1;
using Dapper;
using Npgsql;
using TagSegments.Testing;

namespace TagSegments.Workflows.Tests.Runs;

/// <summary>The counts of a workflow's runs, counted from the runs and their histories.</summary>
internal static class RunCountOracle
{
    /// <summary>Counts the runs at each node of each version: their states, and the steps that they went on from.</summary>
    public static async Task<SortedDictionary<string, long>> CountAsync(TestAccount account, string workflowId)
    {
        const string sql = """
            SELECT version, node_id, CASE WHEN state = 1 AND attempt > 1 THEN 'retrying' ELSE
                (ARRAY['running', 'waiting', 'parked', 'completed', 'exited', 'cancelled', 'declined', 'loop stopped'])[state] END, count(*)
            FROM workflows.run
            JOIN crm.account USING (account_id)
            WHERE name = @name AND workflow_id = @workflowId
            GROUP BY 1, 2, 3
            UNION ALL
            SELECT r.version, s.node_id, 'passed', count(DISTINCT (s.run_id, s.step))
            FROM workflows.run r
            JOIN workflows.step s USING (account_id, run_id)
            JOIN crm.account a USING (account_id)
            WHERE a.name = @name AND r.workflow_id = @workflowId AND s.step < r.step
            GROUP BY 1, 2
            """;
        await using var connection = new NpgsqlConnection(account.Apps.Database.OwnerConnectionString);
        var rows = await connection.QueryAsync<(int Version, string NodeId, string Kind, long Runs)>(
            sql, new { name = account.Name, workflowId = Guid.Parse(workflowId) });
        return Sorted(rows.Select(row => (Key(row.Version, row.NodeId, row.Kind), row.Runs)));
    }

    /// <summary>Writes the versions of an answer in the form of the oracle.</summary>
    public static SortedDictionary<string, long> Of(GetWorkflowCountsResponse counts) => Sorted(
        from version in counts.Versions
        from count in Of(version)
        select (Key(version.Version, count.NodeId, count.Kind), count.Runs));

    /// <summary>Lists the counts of a version, also the counts that are 0.</summary>
    public static IEnumerable<(string NodeId, string Kind, long Runs)> Of(VersionCounts version) =>
    [
        ("", "declined", version.Declined),
        ("", "loop stopped", version.LoopStopped),
        .. version.Nodes.SelectMany(node => new[]
        {
            (node.NodeId, "running", node.Running),
            (node.NodeId, "retrying", node.Retrying),
            (node.NodeId, "waiting", node.Waiting),
            (node.NodeId, "parked", node.Parked),
            (node.NodeId, "completed", node.Completed),
            (node.NodeId, "exited", node.Exited),
            (node.NodeId, "cancelled", node.Cancelled),
            (node.NodeId, "passed", node.Passed),
        }),
    ];

    public static string Key(int version, string nodeId, string kind) => $"{version}/{nodeId}/{kind}";

    public static SortedDictionary<string, long> Sorted(IEnumerable<(string Key, long Runs)> counts) =>
        new(counts.Where(count => count.Runs != 0).ToDictionary(count => count.Key, count => count.Runs), StringComparer.Ordinal);
}
