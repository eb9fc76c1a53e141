using Crm.Workflows.V1;
using Dapper;
using Npgsql;
using TagSegments.ServiceDefaults.Memory;
using TagSegments.Workflows.Definitions;
using TagSegments.Workflows.Scheduling;
using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Execution;

/// <summary>Finds the runs that are due and writes their outcomes, both in turns of accounts: one may have very many runs.</summary>
internal sealed class ExecutionStore(AccountDatabase database, MemoryBudget memory, FairQueue turns)
{
    private readonly AccountCache<(int, Guid, int), Known> _definitions = new(memory, "workflow definitions", (_, known) => known.Bytes);

    /// <summary>Gets runs that are due and not in <paramref name="busy"/>, longest due first.</summary>
    public async Task<IReadOnlyList<ActiveRun>> DueAsync(AccountInfo account, RunLane lane, Guid[] busy, int limit, CancellationToken ct)
    {
        const string sql = """
            SELECT run_id, workflow_id, version, contact_id, state, node_id, step, attempt, cause_chain, wakes,
                   COALESCE(expires_at <= now(), false) AS has_expired, clock_timestamp() AS now
            FROM workflows.run
            WHERE account_id = @accountId AND lane = @lane AND due_at <= now()
                AND NOT EXISTS (SELECT FROM unnest(@busy) AS busy WHERE busy = run_id)
            ORDER BY due_at
            LIMIT @limit
            """;
        using var turn = await turns.ContinueAsync(account, ct);
        await using var connection = await database.OpenAsync(account.Id, ct);
        var runs = await connection.QueryAsync<ActiveRun>(
            new CommandDefinition(sql, new { accountId = account.Id, lane = (short)lane, busy, limit }, cancellationToken: ct));
        return [.. runs];
    }

    /// <summary>Gets the definition that a run walks; versions never change.</summary>
    public async Task<Definition> DefinitionAsync(int accountId, Guid workflowId, int version, CancellationToken ct)
    {
        const string sql = """
            SELECT definition::text
            FROM workflows.workflow_version
            WHERE account_id = @accountId AND workflow_id = @workflowId AND version = @version
            """;
        if (_definitions.TryGet((accountId, workflowId, version), out var known))
        {
            return known.Definition;
        }

        await using var connection = await database.OpenAsync(accountId, ct);
        var json = await connection.QuerySingleAsync<string>(
            new CommandDefinition(sql, new { accountId, workflowId, version }, cancellationToken: ct));
        return _definitions.GetOrAdd((accountId, workflowId, version), _ => new Known(DefinitionJson.Parse(json), DefinitionJson.Bytes(json))).Definition;
    }

    /// <summary>
    /// Writes the history and the new state of runs in one transaction. A run that left or was cancelled meanwhile keeps its state, but its
    /// history shows what was done. The owners of parked runs will be notified.
    /// </summary>
    public async Task CommitAsync(AccountInfo account, IReadOnlyList<StepResult> results, CancellationToken ct)
    {
        const string sql = """
            WITH result AS (
                SELECT *
                FROM unnest(@RunIds, @ContactIds, @Versions, @Steps, @Attempts, @Wakes, @NodeIds, @Inputs, @Outcomes, @Details, @AreLooks, @States,
                            @NextNodeIds, @NextSteps, @NextAttempts, @Delays, @Looks, @Watches, @Reasons)
                    AS row (run_id, contact_id, version, step, attempt, wakes, node_id, input, outcome, detail, is_look, state, next_node_id, next_step,
                            next_attempt, delay, look, watches, reason)),
            history AS (
                INSERT INTO workflows.step (account_id, run_id, step, attempt, node_id, input, outcome, detail, at)
                SELECT @AccountId, run_id, step, attempt, node_id, input, outcome, detail, clock_timestamp()
                FROM result
                WHERE NOT is_look AND NOT EXISTS (
                    SELECT FROM workflows.erased_contact AS erased
                    WHERE erased.account_id = @AccountId AND erased.contact_id = result.contact_id)
                ON CONFLICT DO NOTHING),
            updated AS (
                UPDATE workflows.run AS run
                SET state = result.state,
                    node_id = result.next_node_id,
                    step = result.next_step,
                    attempt = result.next_attempt,
                    reason = result.reason,
                    watching = result.watches,
                    expires_at = CASE WHEN result.state = @Waiting THEN COALESCE(run.expires_at, clock_timestamp() + result.delay, 'infinity') END,
                    due_at = CASE result.state
                        WHEN @Running THEN clock_timestamp() + result.delay
                        WHEN @Waiting THEN LEAST(COALESCE(run.expires_at, clock_timestamp() + result.delay, 'infinity'), clock_timestamp() + result.look)
                    END,
                    ended_at = CASE WHEN result.state IN (@Completed, @Exited) THEN clock_timestamp() END
                FROM result
                WHERE run.account_id = @AccountId
                    AND run.run_id = result.run_id
                    AND run.version = result.version
                    AND run.step = result.step
                    AND run.attempt = result.attempt
                    AND run.due_at IS NOT NULL
                    AND (NOT result.is_look OR run.wakes = result.wakes)
                RETURNING run.workflow_id, run.run_id, run.state)
            INSERT INTO workflows.notice AS notice (account_id, workflow_id, state, runs, run_id)
            SELECT @AccountId, workflow_id, state, count(*), (array_agg(run_id))[1]
            FROM updated
            WHERE state = @Parked
            GROUP BY workflow_id, state
            ON CONFLICT (account_id, workflow_id, state) DO UPDATE SET runs = notice.runs + EXCLUDED.runs, run_id = EXCLUDED.run_id
            """;
        using var turn = await turns.ContinueAsync(account, ct);
        await using var connection = await database.OpenAsync(account.Id, ct);
        await connection.ExecuteAsync(new CommandDefinition(
            sql,
            new
            {
                AccountId = account.Id,
                Running = (short)State.Running,
                Waiting = (short)State.Waiting,
                Parked = (short)State.Parked,
                Completed = (short)State.Completed,
                Exited = (short)State.Exited,
                RunIds = results.Select(r => r.Run.RunId).ToArray(),
                ContactIds = results.Select(r => r.Run.ContactId).ToArray(),
                Versions = results.Select(r => r.Run.Version).ToArray(),
                Wakes = results.Select(r => r.Run.Wakes).ToArray(),
                AreLooks = results.Select(r => r.IsLook).ToArray(),
                Looks = results.Select(r => r.Look).ToArray(),
                Watches = results.Select(r => r.Watches).ToArray(),
                Steps = results.Select(r => r.Run.Step).ToArray(),
                Attempts = results.Select(r => r.Run.Attempt).ToArray(),
                NodeIds = results.Select(r => r.Run.NodeId).ToArray(),
                Inputs = results.Select(r => r.Input).ToArray(),
                Outcomes = results.Select(r => (short)r.Outcome).ToArray(),
                Details = results.Select(r => r.Detail).ToArray(),
                States = results.Select(r => (short)r.State).ToArray(),
                NextNodeIds = results.Select(r => r.StaysAtNode || r.Next.Length == 0 ? r.Run.NodeId : r.Next).ToArray(),
                NextSteps = results.Select(r => r.StaysAtNode || r.Next.Length == 0 ? r.Run.Step : r.Run.Step + 1).ToArray(),
                NextAttempts = results.Select(r => r.IsLook ? r.Run.Attempt : r.StaysAtNode ? r.Run.Attempt + 1 : 1).ToArray(),
                Delays = results.Select(r => r.Delay).ToArray(),
                Reasons = results.Select(r => r.ExitReason ?? (r.Outcome is Step.Types.Outcome.Failed or Step.Types.Outcome.Parked ? r.Detail : "")).ToArray(),
            },
            cancellationToken: ct));
        StepMetrics.Count(results.Where(r => !r.IsLook).Select(r => r.Outcome));
    }

    private sealed record Known(Definition Definition, long Bytes);
}
