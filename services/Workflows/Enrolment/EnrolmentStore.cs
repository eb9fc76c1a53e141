using Crm.Workflows.V1;
using Dapper;
using Npgsql;
using TagSegments.Workflows.Scheduling;
using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Enrolment;

/// <summary>The numbers of events that started runs and of events that a rule declined.</summary>
internal sealed record EnrolmentCounts(int Started, int Declined)
{
    public int Total => Started + Declined;
}

/// <summary>Writes runs that start and ends runs early.</summary>
internal static class EnrolmentStore
{
    // Hardly any account has such runs, and a bulk operation has many contacts. With EXISTS for the first of them, where the order does not count, a
    // plan of other accounts' statistics read the whole table. The contacts are looked up one by one, as in Causation.
    internal const string FindWatchingSql = """
        SELECT run.run_id
        FROM (SELECT @accountId AS account_id, id FROM unnest(@contactIds) AS contact (id) OFFSET 0) AS asked
        CROSS JOIN LATERAL (
            SELECT run_id FROM workflows.run WHERE account_id = asked.account_id AND contact_id = asked.id AND watching OFFSET 0) AS run
        WHERE (SELECT contact_id FROM workflows.run WHERE account_id = @accountId AND watching ORDER BY contact_id LIMIT 1) IS NOT NULL
        """;

    // Most contacts that leave a segment or lose a tag are in no run: these are told one by one, too, before anything is changed.
    internal const string FindExitingSql = """
        SELECT run.run_id, exit.reason
        FROM (
            SELECT @AccountId AS account_id, contact_id, workflow_id, tag_id, reason
            FROM unnest(@ContactIds, @WorkflowIds, @TagIds, @Reasons) AS one (contact_id, workflow_id, tag_id, reason)
            OFFSET 0) AS exit
        CROSS JOIN LATERAL (
            SELECT account_id, run_id, workflow_id, version
            FROM workflows.run
            WHERE account_id = exit.account_id AND contact_id = exit.contact_id AND workflow_id = COALESCE(exit.workflow_id, workflow_id)
                AND (due_at IS NOT NULL OR state = @Parked)
            OFFSET 0) AS run
        WHERE exit.tag_id IS NULL OR EXISTS (
            SELECT
            FROM workflows.workflow_version AS v
            WHERE v.account_id = run.account_id AND v.workflow_id = run.workflow_id AND v.version = run.version
                AND v.exit_tag_ids @> to_jsonb(exit.tag_id))
        """;

    /// <summary>Starts runs. If a re-entry rule depends on order, deferred enrolments of the contacts come first.</summary>
    public static async Task<EnrolmentCounts> StartAsync(
        LockedAccount account, IReadOnlyList<Enrolment> enrolments, CancellationToken ct)
    {
        var limited = enrolments.Where(enrolment => enrolment.Entrance.IsLimited).ToList();
        if (limited.Count > 0)
        {
            int[] contactIds = [.. limited.Select(enrolment => enrolment.Event.ContactId).Distinct()];
            Guid[] workflowIds = [.. limited.Select(enrolment => enrolment.Entrance.WorkflowId).Distinct()];
            await InsertAsync(account, await Backlog.TakeAsync(account, contactIds, workflowIds, ct), ct);
        }

        return await InsertAsync(account, enrolments, ct);
    }

    /// <summary>
    /// Inserts one run for each enrolment, also if a rule declines it or a loop is stopped. A run that exists already stays as it is and is not
    /// counted.
    /// </summary>
    public static async Task<EnrolmentCounts> InsertAsync(
        LockedAccount account, IReadOnlyList<Enrolment> enrolments, CancellationToken ct)
    {
        const string sql = """
            WITH inserted AS (
                INSERT INTO workflows.run
                    (account_id, run_id, workflow_id, version, contact_id, event_id, state, lane, node_id, reason, cause_kind, cause_id,
                     cause_detail, cause_chain, due_at, ended_at)
                SELECT @AccountId, run_id, workflow_id, version, contact_id, event_id, state,
                       -- What a run causes goes in its lane.
                       COALESCE((SELECT lane FROM workflows.run AS causing WHERE account_id = @AccountId AND causing.run_id = causing_run), lane),
                       node_id, reason, cause_kind, cause_id,
                       cause_detail, COALESCE(string_to_array(NULLIF(chain, ''), E'\n'), '{}'),
                       CASE WHEN state = @Running THEN now() END, CASE WHEN state <> @Running THEN now() END
                FROM unnest(@RunIds, @WorkflowIds, @Versions, @ContactIds, @EventIds, @States, @Lanes, @NodeIds, @Reasons, @CauseKinds, @CauseIds,
                            @CauseDetails, @Chains, @CausingRuns)
                    AS row (run_id, workflow_id, version, contact_id, event_id, state, lane, node_id, reason, cause_kind, cause_id,
                            cause_detail, chain, causing_run)
                WHERE NOT EXISTS (
                    SELECT FROM workflows.erased_contact AS erased WHERE erased.account_id = @AccountId AND erased.contact_id = row.contact_id)
                ON CONFLICT (account_id, event_id, workflow_id) DO NOTHING
                RETURNING workflow_id, run_id, state),
            noticed AS (
                INSERT INTO workflows.notice AS notice (account_id, workflow_id, state, runs, run_id)
                SELECT @AccountId, workflow_id, state, count(*), (array_agg(run_id))[1]
                FROM inserted
                WHERE state = @LoopStopped
                GROUP BY workflow_id, state
                ON CONFLICT (account_id, workflow_id, state) DO UPDATE SET runs = notice.runs + EXCLUDED.runs, run_id = EXCLUDED.run_id)
            SELECT state FROM inserted
            """;
        if (enrolments.Count == 0)
        {
            return new EnrolmentCounts(0, 0);
        }

        var rules = await EntryRules.LoadAsync(account.Tx, account.Id, enrolments, ct);
        var entries = enrolments.Select(enrolment => (Enrolment: enrolment, Entry: rules.Decide(enrolment))).ToList();
        var states = await account.Tx.Connection!.QueryAsync<short>(new CommandDefinition(
            sql,
            new
            {
                AccountId = account.Id,
                Running = (short)State.Running,
                LoopStopped = (short)State.LoopStopped,
                RunIds = entries.Select(_ => Guid.CreateVersion7()).ToArray(),
                WorkflowIds = entries.Select(e => e.Enrolment.Entrance.WorkflowId).ToArray(),
                Versions = entries.Select(e => e.Enrolment.Entrance.Version).ToArray(),
                ContactIds = entries.Select(e => e.Enrolment.Event.ContactId).ToArray(),
                EventIds = entries.Select(e => e.Enrolment.Event.EventId).ToArray(),
                States = entries.Select(e => (short)e.Entry.State).ToArray(),
                Lanes = entries.Select(e => (short)(e.Enrolment.Event.IsBulk ? RunLane.Bulk : RunLane.Single)).ToArray(),
                NodeIds = entries.Select(e => e.Entry.State is State.Running ? e.Enrolment.Entrance.FirstNodeId : "").ToArray(),
                Reasons = entries.Select(e => e.Entry.Reason).ToArray(),
                CauseKinds = entries.Select(e => (short)e.Enrolment.Event.Cause.Kind).ToArray(),
                CauseIds = entries.Select(e => e.Enrolment.Event.Cause.Id).ToArray(),
                CauseDetails = entries.Select(e => e.Enrolment.Event.Cause.Detail).ToArray(),
                Chains = entries.Select(e => string.Join('\n', e.Enrolment.Event.Cause.WorkflowChain)).ToArray(),
                CausingRuns = entries.Select(e => e.Enrolment.Event.CausingRun).ToArray(),
            },
            account.Tx,
            cancellationToken: ct));
        var counts = states.CountBy(state => (State)state is State.Running).ToDictionary();
        return new EnrolmentCounts(counts.GetValueOrDefault(true), counts.GetValueOrDefault(false));
    }

    /// <summary>Makes waiting runs due that watch one of the contacts.</summary>
    public static async Task<int> WakeWatchingAsync(LockedAccount account, int[] contactIds, CancellationToken ct)
    {
        const string sql = """
            UPDATE workflows.run
            SET due_at = now(), wakes = wakes + 1
            WHERE account_id = @accountId AND run_id = ANY (@runIds) AND watching
            """;
        var runIds = (await account.Tx.Connection!.QueryAsync<Guid>(
            new CommandDefinition(FindWatchingSql, new { accountId = account.Id, contactIds }, account.Tx, cancellationToken: ct))).ToArray();
        return runIds.Length == 0 ? 0 : await account.Tx.Connection!.ExecuteAsync(
            new CommandDefinition(sql, new { accountId = account.Id, runIds }, account.Tx, cancellationToken: ct));
    }

    /// <summary>Finds the workflows that contacts leave with one of some tags: those of which any version says so.</summary>
    public static async Task<ILookup<int, Guid>> KeepersAsync(LockedAccount account, int[] tagIds, CancellationToken ct)
    {
        const string sql = """
            SELECT DISTINCT tag_id, v.workflow_id
            FROM unnest(@tagIds) AS tag_id
            JOIN workflows.workflow_version AS v ON v.account_id = @accountId AND v.exit_tag_ids @> to_jsonb(tag_id)
            """;
        var rows = tagIds.Length == 0 ? [] : await account.Tx.Connection!.QueryAsync<(int TagId, Guid WorkflowId)>(
            new CommandDefinition(sql, new { accountId = account.Id, tagIds }, account.Tx, cancellationToken: ct));
        return rows.ToLookup(row => row.TagId, row => row.WorkflowId);
    }

    /// <summary>Ends the runs of contacts at their present node, also those in the backlog.</summary>
    public static async Task<int> ExitAsync(
        LockedAccount account, IReadOnlyList<Exit> exits, CancellationToken ct)
    {
        const string sql = """
            UPDATE workflows.run AS run
            SET state = @Exited, due_at = NULL, watching = false, ended_at = now(), reason = exit.reason
            FROM unnest(@RunIds, @Reasons) AS exit (run_id, reason)
            WHERE run.account_id = @AccountId AND run.run_id = exit.run_id AND (run.due_at IS NOT NULL OR run.state = @Parked)
            """;
        if (exits.Count == 0)
        {
            return 0;
        }

        int[] contactIds = [.. exits.Select(exit => exit.ContactId).Distinct()];
        Guid[]? workflowIds = exits.Any(exit => exit.WorkflowId is null) ? null : [.. exits.Select(exit => exit.WorkflowId!.Value).Distinct()];
        await InsertAsync(account, await Backlog.TakeAsync(account, contactIds, workflowIds, ct), ct);
        var found = (await account.Tx.Connection!.QueryAsync<(Guid RunId, string Reason)>(new CommandDefinition(
            FindExitingSql,
            new
            {
                AccountId = account.Id,
                Parked = (short)State.Parked,
                ContactIds = exits.Select(exit => exit.ContactId).ToArray(),
                WorkflowIds = exits.Select(exit => exit.WorkflowId).ToArray(),
                TagIds = exits.Select(exit => exit.TagId).ToArray(),
                Reasons = exits.Select(exit => exit.Reason).ToArray(),
            },
            account.Tx,
            cancellationToken: ct))).AsList();
        return found.Count == 0 ? 0 : await account.Tx.Connection!.ExecuteAsync(new CommandDefinition(
            sql,
            new
            {
                AccountId = account.Id,
                Exited = (short)State.Exited,
                Parked = (short)State.Parked,
                RunIds = found.Select(exit => exit.RunId).ToArray(),
                Reasons = found.Select(exit => exit.Reason).ToArray(),
            },
            account.Tx,
            cancellationToken: ct));
    }
}
