using Crm.Workflows.V1;
using Dapper;
using Google.Protobuf.WellKnownTypes;
using Npgsql;

namespace TagSegments.Workflows.Definitions;

/// <summary>Reads published versions, which outlive their workflows.</summary>
internal sealed class VersionStore(AccountDatabase database)
{
    /// <summary>Lists versions before a version, newest first; null if there never was such a workflow.</summary>
    public async Task<IReadOnlyList<WorkflowVersion>?> ListAsync(int accountId, Guid workflowId, int before, int limit, CancellationToken ct)
    {
        const string existsSql = "SELECT EXISTS (SELECT FROM workflows.workflow WHERE account_id = @accountId AND workflow_id = @workflowId)";
        const string sql = """
            SELECT version, active_from, active_until, published_by, accepted_loops,
                   (SELECT COALESCE(sum(runs), 0)::int
                    FROM workflows.node_count AS c
                    WHERE c.account_id = v.account_id AND c.workflow_id = v.workflow_id AND c.version = v.version AND c.kind = ANY(@active)) AS active_runs
            FROM workflows.workflow_version AS v
            WHERE account_id = @accountId AND workflow_id = @workflowId AND version < @before
            ORDER BY version DESC
            LIMIT @limit
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var values = new { accountId, workflowId, before, limit, active = CountKinds.Active };
        if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition(existsSql, values, cancellationToken: ct)))
        {
            return null;
        }

        var rows = await connection.QueryAsync<Row>(new CommandDefinition(sql, values, cancellationToken: ct));
        return [.. rows.Select(row => row.ToVersion())];
    }

    /// <summary>Gets the definition of a published version; null if there is none.</summary>
    public async Task<Definition?> FindAsync(int accountId, Guid id, int version, CancellationToken ct)
    {
        const string sql = """
            SELECT definition::text
            FROM workflows.workflow_version
            WHERE account_id = @accountId AND workflow_id = @id AND version = @version
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var json = await connection.ExecuteScalarAsync<string?>(
            new CommandDefinition(sql, new { accountId, id, version }, cancellationToken: ct));
        return json is null ? null : DefinitionJson.Parse(json);
    }

    private sealed record Row(int Version, DateTime ActiveFrom, DateTime? ActiveUntil, string PublishedBy, string[] AcceptedLoops, int ActiveRuns)
    {
        public WorkflowVersion ToVersion() => new()
        {
            Version = Version,
            PublishTime = Timestamp.FromDateTime(ActiveFrom),
            EndTime = ActiveUntil is { } end ? Timestamp.FromDateTime(end) : null,
            Publisher = PublishedBy,
            AcceptedLoops = { AcceptedLoops },
            ActiveRuns = ActiveRuns,
        };
    }
}
