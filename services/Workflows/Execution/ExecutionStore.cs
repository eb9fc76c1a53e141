using System.Collections.Concurrent;
using Crm.Workflows.V1;
using Dapper;
using Npgsql;
using TagSegments.Workflows.Definitions;

namespace TagSegments.Workflows.Execution;

/// <summary>Finds the runs that are due and writes what became of them.</summary>
internal sealed class ExecutionStore(NpgsqlDataSource database)
{
    private readonly ConcurrentDictionary<(int, Guid, int), Definition> _definitions = new();

    /// <summary>Gets runs that are due and not in <paramref name="busy"/>, longest due first.</summary>
    public async Task<IReadOnlyList<ActiveRun>> DueAsync(int accountId, Lane lane, Guid[] busy, int limit, CancellationToken ct)
    {
        const string sql = """
            SELECT run_id, workflow_id, version, contact_id, state, node_id, step, attempt, cause_chain
            FROM workflows.run
            WHERE account_id = @accountId AND lane = @lane AND due_at <= now() AND run_id <> ALL(@busy)
            ORDER BY due_at
            LIMIT @limit
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        var runs = await connection.QueryAsync<ActiveRun>(
            new CommandDefinition(sql, new { accountId, lane = (short)lane, busy, limit }, cancellationToken: ct));
        return [.. runs];
    }

    /// <summary>How long until the next run is due; null if none waits.</summary>
    public async Task<TimeSpan?> NextDueAsync(int accountId, Lane lane, CancellationToken ct)
    {
        const string sql = """
            SELECT min(due_at) - clock_timestamp()
            FROM workflows.run
            WHERE account_id = @accountId AND lane = @lane AND due_at > now()
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.ExecuteScalarAsync<TimeSpan?>(
            new CommandDefinition(sql, new { accountId, lane = (short)lane }, cancellationToken: ct));
    }

    /// <summary>Gets the definition that a run walks; versions never change.</summary>
    public async Task<Definition> DefinitionAsync(int accountId, Guid workflowId, int version, CancellationToken ct)
    {
        const string sql = """
            SELECT definition::text
            FROM workflows.workflow_version
            WHERE account_id = @accountId AND workflow_id = @workflowId AND version = @version
            """;
        if (_definitions.TryGetValue((accountId, workflowId, version), out var known))
        {
            return known;
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        var json = await connection.QuerySingleAsync<string>(
            new CommandDefinition(sql, new { accountId, workflowId, version }, cancellationToken: ct));
        return _definitions.GetOrAdd((accountId, workflowId, version), DefinitionJson.Parse(json));
    }

    /// <summary>
    /// Writes history and the new state of runs in one transaction. A run that left or was cancelled meanwhile keeps its state; the history
    /// has what was done all the same.
    /// </summary>
    public async Task CommitAsync(int accountId, IReadOnlyList<StepResult> results, CancellationToken ct)
    {
        const string sql = """
            WITH result AS (
                SELECT *
                FROM unnest(@RunIds, @Steps, @Attempts, @NodeIds, @Inputs, @Outcomes, @Details, @States, @NextNodeIds, @NextSteps,
                            @NextAttempts, @Delays, @Reasons)
                    AS row (run_id, step, attempt, node_id, input, outcome, detail, state, next_node_id, next_step, next_attempt, delay, reason)),
            history AS (
                INSERT INTO workflows.step (account_id, run_id, step, attempt, node_id, input, outcome, detail, at)
                SELECT @AccountId, run_id, step, attempt, node_id, input, outcome, detail, clock_timestamp()
                FROM result
                ON CONFLICT DO NOTHING)
            UPDATE workflows.run AS run
            SET state = result.state,
                node_id = result.next_node_id,
                step = result.next_step,
                attempt = result.next_attempt,
                reason = result.reason,
                due_at = CASE WHEN result.state IN (1, 2) THEN clock_timestamp() + result.delay END,
                ended_at = CASE WHEN result.state IN (4, 5) THEN clock_timestamp() END
            FROM result
            WHERE run.account_id = @AccountId
                AND run.run_id = result.run_id
                AND run.step = result.step
                AND run.attempt = result.attempt
                AND run.due_at IS NOT NULL
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition(
            sql,
            new
            {
                AccountId = accountId,
                RunIds = results.Select(r => r.Run.RunId).ToArray(),
                Steps = results.Select(r => r.Run.Step).ToArray(),
                Attempts = results.Select(r => r.Run.Attempt).ToArray(),
                NodeIds = results.Select(r => r.Run.NodeId).ToArray(),
                Inputs = results.Select(r => r.Input).ToArray(),
                Outcomes = results.Select(r => (short)r.Outcome).ToArray(),
                Details = results.Select(r => r.Detail).ToArray(),
                States = results.Select(r => (short)r.State).ToArray(),
                NextNodeIds = results.Select(r => r.StaysAtNode || r.Next.Length == 0 ? r.Run.NodeId : r.Next).ToArray(),
                NextSteps = results.Select(r => r.StaysAtNode || r.Next.Length == 0 ? r.Run.Step : r.Run.Step + 1).ToArray(),
                NextAttempts = results.Select(r => r.StaysAtNode ? r.Run.Attempt + 1 : 1).ToArray(),
                Delays = results.Select(r => r.Delay).ToArray(),
                Reasons = results.Select(r => r.ExitReason ?? (r.Outcome is Step.Types.Outcome.Failed or Step.Types.Outcome.Parked ? r.Detail : "")).ToArray(),
            },
            cancellationToken: ct));
    }
}
