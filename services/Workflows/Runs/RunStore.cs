using Crm.Common.V1;
using Crm.Errors.V1;
using Crm.Workflows.V1;
using Dapper;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Npgsql;

namespace TagSegments.Workflows.Runs;

/// <summary>Reads runs and their histories; ends and resumes runs on request.</summary>
internal sealed class RunStore(AccountDatabase database)
{
    /// <summary>Lists runs before a run, newest first, without the first <paramref name="skip"/> of them.</summary>
    public async Task<IReadOnlyList<Run>> ListAsync(int accountId, RunFilter filter, Guid? before, int skip, int limit, CancellationToken ct)
    {
        // What is told of a run is found for those of the page only.
        var sql = Select($"""
            (
                SELECT *
                FROM workflows.run
                WHERE {filter.Sql}{(before is null ? "" : " AND run_id < @before")}
                ORDER BY run_id DESC
                LIMIT @limit OFFSET @skip)
            """) + " ORDER BY run_id DESC";
        await using var connection = await database.OpenAsync(accountId, ct);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            sql, new { accountId, filter.WorkflowId, filter.Version, filter.NodeId, filter.ContactId, filter.States, before, skip, limit }, cancellationToken: ct));
        return [.. rows.Select(row => row.ToRun())];
    }

    /// <summary>Counts runs.</summary>
    public async Task<int> CountAsync(int accountId, RunFilter filter, CancellationToken ct)
    {
        var sql = $"SELECT count(*)::int FROM workflows.run WHERE {filter.Sql}";
        await using var connection = await database.OpenAsync(accountId, ct);
        return await connection.ExecuteScalarAsync<int>(new CommandDefinition(
            sql, new { accountId, filter.WorkflowId, filter.Version, filter.NodeId, filter.ContactId, filter.States }, cancellationToken: ct));
    }

    /// <summary>Gets a run with its history; throws NOT_FOUND if there is none.</summary>
    public async Task<GetRunResponse> GetAsync(int accountId, Guid runId, CancellationToken ct)
    {
        const string stepSql = """
            SELECT step, attempt, node_id, input, outcome, detail, at
            FROM workflows.step
            WHERE account_id = @accountId AND run_id = @runId
            ORDER BY step, attempt
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        // The run first: a step that follows meanwhile may show in the history, never a run that is ahead of it.
        var run = await FindAsync(connection, null, accountId, runId, ct);
        var steps = await connection.QueryAsync<StepRow>(new CommandDefinition(stepSql, new { accountId, runId }, cancellationToken: ct));
        return new GetRunResponse { Run = run, Steps = { steps.Select(step => step.ToStep()) } };
    }

    /// <summary>Lists the steps of a contact's runs, of a workflow's, or of both, after a place: by run, newest run first, or newest step first.</summary>
    public async Task<IReadOnlyList<RunStep>> ListStepsAsync(
        int accountId, int contactId, Guid? workflowId, bool newestFirst, StepPlace? after, int limit, CancellationToken ct)
    {
        var (behind, order) = newestFirst
            ? ("(step.at, run.run_id, step.step, step.attempt) < (@At, @RunId, @Step, @Attempt)", "step.at DESC, run.run_id DESC, step.step DESC, step.attempt DESC")
            : ("run.run_id <= @RunId AND (run.run_id < @RunId OR (step.step, step.attempt) > (@Step, @Attempt))", "run.run_id DESC, step.step, step.attempt");
        var sql = $"""
            SELECT run.run_id, run.workflow_id, COALESCE(workflow.name, '') AS workflow, run.contact_id,
                   step.step, step.attempt, step.node_id, step.input, step.outcome, step.detail, step.at
            FROM workflows.run AS run
            JOIN workflows.step AS step USING (account_id, run_id)
            LEFT JOIN workflows.workflow AS workflow USING (account_id, workflow_id)
            WHERE run.account_id = @accountId
                {(workflowId is null ? "" : "AND run.workflow_id = @workflowId")}
                {(contactId == 0 ? "" : "AND run.contact_id = @contactId")}
                {(after is null ? "" : $"AND {behind}")}
            ORDER BY {order}
            LIMIT @limit
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var rows = await connection.QueryAsync<RunStepRow>(new CommandDefinition(
            sql, new { accountId, workflowId, contactId, after?.At, after?.RunId, after?.Step, after?.Attempt, limit }, cancellationToken: ct));
        return [.. rows.Select(row => row.ToRunStep())];
    }

    /// <summary>Ends a run unless it has ended.</summary>
    public static async Task<Run> CancelAsync(NpgsqlTransaction tx, int accountId, Guid runId, string reason, CancellationToken ct)
    {
        const string sql = """
            UPDATE workflows.run
            SET state = @Cancelled, due_at = NULL, watching = false, ended_at = now(), reason = @reason
            WHERE account_id = @accountId AND run_id = @runId AND (due_at IS NOT NULL OR state = @Parked)
            """;
        await tx.Connection!.ExecuteAsync(new CommandDefinition(
            sql,
            new { accountId, runId, reason, Cancelled = (short)Run.Types.State.Cancelled, Parked = (short)Run.Types.State.Parked },
            tx,
            cancellationToken: ct));
        return await FindAsync(tx.Connection!, tx, accountId, runId, ct);
    }

    /// <summary>Makes a parked run try its node again; throws FAILED_PRECONDITION if it is not parked.</summary>
    public static async Task<Run> ResumeAsync(NpgsqlTransaction tx, int accountId, Guid runId, CancellationToken ct)
    {
        const string sql = """
            UPDATE workflows.run
            SET state = @Running, due_at = now()
            WHERE account_id = @accountId AND run_id = @runId AND state = @Parked
            """;
        var resumed = await tx.Connection!.ExecuteAsync(new CommandDefinition(
            sql,
            new { accountId, runId, Running = (short)Run.Types.State.Running, Parked = (short)Run.Types.State.Parked },
            tx,
            cancellationToken: ct));
        var run = await FindAsync(tx.Connection!, tx, accountId, runId, ct);
        return resumed == 1
            ? run
            : throw RpcErrors.Create(
                StatusCode.FailedPrecondition,
                ErrorReason.WrongState,
                $"The run is not parked: it is {run.State}.",
                ("resource", "run"),
                ("id", run.RunId),
                ("state", run.State.ToString()));
    }

    private static string Select(string runs) => $"""
        SELECT run_id, workflow_id, version, contact_id, state, node_id, reason, event_id, cause_kind, cause_id, cause_detail, cause_chain,
               NULLIF(due_at, 'infinity') AS due_at, (SELECT count(*) FROM workflows.step AS step
                        WHERE step.account_id = run.account_id AND step.run_id = run.run_id AND step.step = run.step
                            AND step.outcome IN ({Step.Types.Outcome.Failed:D}, {Step.Types.Outcome.Parked:D}))::int AS failed_attempts,
               started_at, ended_at
        FROM {runs} AS run
        """;

    private static async Task<Run> FindAsync(NpgsqlConnection connection, NpgsqlTransaction? tx, int accountId, Guid runId, CancellationToken ct)
    {
        var sql = $"{Select("workflows.run")} WHERE account_id = @accountId AND run_id = @runId";
        var row = await connection.QuerySingleOrDefaultAsync<Row>(
            new CommandDefinition(sql, new { accountId, runId }, tx, cancellationToken: ct));
        return row?.ToRun() ?? throw RpcErrors.NotFound("run", runId.ToString());
    }

    private sealed record Row(
        Guid RunId,
        Guid WorkflowId,
        int Version,
        int ContactId,
        short State,
        string NodeId,
        string Reason,
        string EventId,
        short CauseKind,
        string CauseId,
        string CauseDetail,
        string[] CauseChain,
        DateTime? DueAt,
        int FailedAttempts,
        DateTime StartedAt,
        DateTime? EndedAt)
    {
        public Run ToRun() => new()
        {
            RunId = RunId.ToString(),
            WorkflowId = WorkflowId.ToString(),
            Version = Version,
            ContactId = ContactId,
            State = (Run.Types.State)State,
            NodeId = NodeId,
            Reason = Reason,
            EventId = EventId,
            Cause = new Cause { Kind = (Cause.Types.Kind)CauseKind, Id = CauseId, Detail = CauseDetail, WorkflowChain = { CauseChain } },
            DueTime = DueAt is { } due ? Timestamp.FromDateTime(due) : null,
            FailedAttempts = FailedAttempts,
            StartTime = Timestamp.FromDateTime(StartedAt),
            EndTime = EndedAt is { } end ? Timestamp.FromDateTime(end) : null,
        };
    }

    private sealed record RunStepRow(
        Guid RunId,
        Guid WorkflowId,
        string Workflow,
        int ContactId,
        int Step,
        int Attempt,
        string NodeId,
        string Input,
        short Outcome,
        string Detail,
        DateTime At)
    {
        public RunStep ToRunStep() => new()
        {
            RunId = RunId.ToString(),
            WorkflowId = WorkflowId.ToString(),
            Workflow = Workflow,
            ContactId = ContactId,
            Step = new StepRow(Step, Attempt, NodeId, Input, Outcome, Detail, At).ToStep(),
        };
    }

    private sealed record StepRow(int Step, int Attempt, string NodeId, string Input, short Outcome, string Detail, DateTime At)
    {
        public Step ToStep() => new()
        {
            Step_ = Step,
            Attempt = Attempt,
            NodeId = NodeId,
            Input = Input,
            Outcome = (Crm.Workflows.V1.Step.Types.Outcome)Outcome,
            Detail = Detail,
            Time = Timestamp.FromDateTime(At),
        };
    }
}
