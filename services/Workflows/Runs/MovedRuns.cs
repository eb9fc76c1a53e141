using Crm.Workflows.V1;
using Dapper;
using Npgsql;
using TagSegments.Workflows.Definitions;
using TagSegments.Workflows.Enrolment;

namespace TagSegments.Workflows.Runs;

/// <summary>Moves runs under way to another version of their workflow.</summary>
internal sealed class MovedRuns(VersionStore versions, Enroller enroller)
{
    /// <summary>Gets the nodes of a version; throws NOT_FOUND if there is no such version.</summary>
    public async Task<string[]> NodesAsync(int accountId, Guid workflowId, int version, CancellationToken ct)
    {
        var definition = await versions.FindAsync(accountId, workflowId, version, ct)
            ?? throw RpcErrors.NotFound("workflow version", $"{workflowId}/{version}");
        return [.. definition.Nodes.Select(node => node.Id)];
    }

    /// <summary>Moves the runs whose node exists in the other version, also those in the backlog, and counts the others by node.</summary>
    public async Task<MoveRunsResponse> MoveAsync(
        NpgsqlTransaction tx, int accountId, Guid workflowId, MoveRunsRequest request, string[] nodeIds, CancellationToken ct)
    {
        const string sql = """
            SELECT node_id, count(*)::int
            FROM workflows.run
            WHERE account_id = @AccountId
                AND workflow_id = @WorkflowId
                AND version = @FromVersion
                AND (due_at IS NOT NULL OR state = @Parked)
            GROUP BY node_id
            """;
        const string moveSql = """
            UPDATE workflows.run
            SET version = @ToVersion
            WHERE account_id = @AccountId
                AND workflow_id = @WorkflowId
                AND version = @FromVersion
                AND (due_at IS NOT NULL OR state = @Parked)
                AND node_id = ANY(@NodeIds)
            """;
        var values = new
        {
            AccountId = accountId,
            WorkflowId = workflowId,
            request.FromVersion,
            request.ToVersion,
            Parked = (short)Run.Types.State.Parked,
            NodeIds = nodeIds,
        };
        await enroller.WorkOffAllAsync(tx, accountId, workflowId, ct);
        var counts = await tx.Connection!.QueryAsync<(string NodeId, int Runs)>(new CommandDefinition(sql, values, tx, cancellationToken: ct));
        var nodes = counts.ToLookup(count => nodeIds.Contains(count.NodeId));
        if (!request.DryRun)
        {
            await tx.Connection!.ExecuteAsync(new CommandDefinition(moveSql, values, tx, cancellationToken: ct));
        }

        var response = new MoveRunsResponse { Moved = nodes[true].Sum(count => count.Runs) };
        foreach (var (nodeId, runs) in nodes[false])
        {
            response.Staying[nodeId] = runs;
        }

        return response;
    }
}
