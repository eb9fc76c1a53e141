using Crm.Workflows.V1;
using Dapper;
using TagSegments.Workflows.Definitions;
using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Runs;

/// <summary>Reads how many runs are at the nodes of a workflow. Triggers of <c>workflows.run</c> keep the counts.</summary>
internal sealed class RunCounts(AccountDatabase database)
{
    private const int MaxVersions = 100;

    /// <summary>Counts the runs of a workflow, or of one of its versions; null if there is no such workflow or version.</summary>
    public async Task<GetWorkflowCountsResponse?> ReadAsync(int accountId, Guid workflowId, int version, CancellationToken ct)
    {
        const string existsSql = """
            SELECT EXISTS (SELECT FROM workflows.workflow WHERE account_id = @accountId AND workflow_id = @workflowId)
                AND (@version = 0 OR EXISTS (
                    SELECT FROM workflows.workflow_version WHERE account_id = @accountId AND workflow_id = @workflowId AND version = @version))
            """;
        const string sql = """
            SELECT version, node_id, kind, sum(runs)::bigint
            FROM workflows.node_count
            WHERE account_id = @accountId AND workflow_id = @workflowId AND (@version = 0 OR version = @version)
            GROUP BY version, node_id, kind
            HAVING sum(runs) <> 0
            UNION ALL
            SELECT version, '', @Deferred::smallint, sum(bit_count(bits))::bigint
            FROM workflows.backlog
            WHERE account_id = @accountId AND workflow_id = @workflowId AND (@version = 0 OR version = @version)
            GROUP BY version
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var values = new { accountId, workflowId, version, CountKinds.Deferred };
        if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition(existsSql, values, cancellationToken: ct)))
        {
            return null;
        }

        var counts = (await connection.QueryAsync<(int Version, string NodeId, short Kind, long Runs)>(
            new CommandDefinition(sql, values, cancellationToken: ct))).AsList();
        return new GetWorkflowCountsResponse
        {
            Total = ToProto(0, counts),
            Versions =
            {
                counts.GroupBy(count => count.Version).OrderByDescending(group => group.Key).Take(MaxVersions).Select(group => ToProto(group.Key, group)),
            },
        };
    }

    private static VersionCounts ToProto(int version, IEnumerable<(int Version, string NodeId, short Kind, long Runs)> counts)
    {
        var result = new VersionCounts { Version = version };
        foreach (var node in counts.GroupBy(count => count.NodeId).OrderBy(node => node.Key, StringComparer.Ordinal))
        {
            var runs = node.GroupBy(count => count.Kind).ToDictionary(kind => kind.Key, kind => kind.Sum(count => count.Runs));
            result.Declined += Of(State.Declined);
            result.LoopStopped += Of(State.LoopStopped);
            result.Deferred += runs.GetValueOrDefault(CountKinds.Deferred);
            if (node.Key.Length > 0)
            {
                result.Nodes.Add(new NodeCounts
                {
                    NodeId = node.Key,
                    Running = Of(State.Running),
                    Retrying = runs.GetValueOrDefault(CountKinds.Retrying),
                    Waiting = Of(State.Waiting),
                    Parked = Of(State.Parked),
                    Completed = Of(State.Completed),
                    Exited = Of(State.Exited),
                    Cancelled = Of(State.Cancelled),
                    Passed = runs.GetValueOrDefault(CountKinds.Passed),
                });
            }

            long Of(State state) => runs.GetValueOrDefault((short)state);
        }

        return result;
    }
}
