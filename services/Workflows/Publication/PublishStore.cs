using Crm.Errors.V1;
using Crm.Workflows.V1;
using Dapper;
using Grpc.Core;
using Npgsql;
using TagSegments.Workflows.Definitions;
using TagSegments.Workflows.Enrolment;

namespace TagSegments.Workflows.Publication;

/// <summary>Makes and ends published versions. Locks the account, so that no event is handled while the versions change.</summary>
internal static class PublishStore
{
    /// <summary>Publishes the draft as a new version that takes the events committed from now on.</summary>
    public static async Task<PublishWorkflowResponse> PublishAsync(
        NpgsqlTransaction tx, AccountInfo account, Draft draft, IReadOnlyDictionary<Feed, string> positions, string publisher, CancellationToken ct)
    {
        await LockAccountAsync(tx, account, positions, ct);
        var workflow = await WorkflowStore.GetAsync(tx, account, draft.WorkflowId, ct, forUpdate: true);
        WorkflowStore.CheckRevision(workflow, draft.Revision);
        if (workflow.State is Workflow.Types.State.Published && !workflow.HasUnpublishedChanges)
        {
            return new PublishWorkflowResponse { Workflow = workflow };
        }

        var published = await WorkflowStore.PublishedAsync(tx.Connection!, tx, account.Id, ct);
        var loops = draft.Loops.Find([.. published.Where(other => other.WorkflowId != workflow.WorkflowId)], workflow, ct);
        if (loops.Count > 0 && !draft.AcceptLoops)
        {
            throw RpcErrors.Create(
                StatusCode.FailedPrecondition,
                ErrorReason.WorkflowLoop,
                $"Workflows could start one another without end: {loops[0]}. Publish with accept_loops to do it all the same.",
                ("path", loops[0]));
        }

        await ActivateAsync(tx, account, workflow, publisher, loops, ct);
        return new PublishWorkflowResponse { Workflow = await WorkflowStore.GetAsync(tx, account, draft.WorkflowId, ct), Loops = { loops } };
    }

    /// <summary>
    /// Unpublishes the workflow: events no longer start runs of it. Throws RESOURCE_EXHAUSTED if the account then has too many that are not published.
    /// </summary>
    public static async Task<UnpublishWorkflowResponse> UnpublishAsync(
        NpgsqlTransaction tx, AccountInfo account, Guid id, bool cancelRuns, CancellationToken ct)
    {
        var ended = await EndAsync(tx, account, id, cancelRuns, ct);
        if (ended.WasPublished)
        {
            await WorkflowLimits.RequireFewDraftsAsync(tx, account, ct);
        }

        return new UnpublishWorkflowResponse { Workflow = await WorkflowStore.GetAsync(tx, account, id, ct), CancelledRuns = ended.CancelledRuns };
    }

    /// <summary>Ends the published version, if there is one, and cancels the runs of all versions if asked to.</summary>
    public static async Task<(bool WasPublished, int CancelledRuns)> EndAsync(
        NpgsqlTransaction tx, AccountInfo account, Guid id, bool cancelRuns, CancellationToken ct)
    {
        const string lockSql = "SELECT FROM workflows.account WHERE account_id = @AccountId FOR UPDATE";
        const string sql = """
            UPDATE workflows.workflow SET state = @Unpublished WHERE account_id = @AccountId AND workflow_id = @Id;
            UPDATE workflows.account SET generation = generation + 1 WHERE account_id = @AccountId;
            UPDATE workflows.workflow_version SET active_until = clock_timestamp()
            WHERE account_id = @AccountId AND workflow_id = @Id AND active_until IS NULL;
            """;
        const string cancelSql = """
            UPDATE workflows.run
            SET state = @Cancelled, due_at = NULL, watching = false, ended_at = now(), reason = 'the workflow was unpublished'
            WHERE account_id = @AccountId AND workflow_id = @Id AND (due_at IS NOT NULL OR state = @Parked)
            """;
        var values = new
        {
            AccountId = account.Id,
            Id = id,
            Unpublished = (short)Workflow.Types.State.Unpublished,
            Cancelled = (short)Run.Types.State.Cancelled,
            Parked = (short)Run.Types.State.Parked,
        };
        await tx.Connection!.ExecuteAsync(new CommandDefinition(lockSql, values, tx, cancellationToken: ct));
        var wasPublished = (await WorkflowStore.GetAsync(tx, account, id, ct, forUpdate: true)).State is Workflow.Types.State.Published;
        if (wasPublished)
        {
            await tx.Connection!.ExecuteAsync(new CommandDefinition(sql, values, tx, cancellationToken: ct));
        }

        var cancelled = cancelRuns ? await tx.Connection!.ExecuteAsync(new CommandDefinition(cancelSql, values, tx, cancellationToken: ct)) : 0;
        return (wasPublished, cancelled);
    }

    // The feeds of an account are followed from its first publication on.
    private static async Task LockAccountAsync(
        NpgsqlTransaction tx, AccountInfo account, IReadOnlyDictionary<Feed, string> positions, CancellationToken ct)
    {
        const string sql = """
            INSERT INTO workflows.account (account_id, name)
            VALUES (@Id, @Name)
            ON CONFLICT (account_id) DO UPDATE SET generation = workflows.account.generation + 1
            """;
        const string cursorSql = """
            INSERT INTO workflows.cursor (account_id, feed, position)
            VALUES (@AccountId, @Feed, @Position)
            ON CONFLICT DO NOTHING
            """;
        await tx.Connection!.ExecuteAsync(new CommandDefinition(
            sql, new { account.Id, account.Name }, tx, cancellationToken: ct));
        foreach (var (feed, position) in positions)
        {
            await tx.Connection!.ExecuteAsync(new CommandDefinition(
                cursorSql, new { AccountId = account.Id, Feed = (short)feed, Position = position }, tx, cancellationToken: ct));
        }
    }

    private static Task ActivateAsync(
        NpgsqlTransaction tx, AccountInfo account, Workflow workflow, string publisher, IReadOnlyList<string> loops, CancellationToken ct)
    {
        // The segments of the account are read from its first version on that one starts, see SegmentLooks. now() is the start of the transaction; the lock on the account came later.
        const string sql = """
            WITH instant AS MATERIALIZED (SELECT clock_timestamp() AS at),
            ended AS (
                UPDATE workflows.workflow_version SET active_until = instant.at
                FROM instant
                WHERE account_id = @AccountId AND workflow_id = @Id AND active_until IS NULL),
            started AS (
                INSERT INTO workflows.workflow_version
                    (account_id, workflow_id, version, definition, active_from, published_by, accepted_loops, tag_ids)
                SELECT account_id, workflow_id, published_version + 1, draft, instant.at, @Publisher, @Loops, tag_ids
                FROM workflows.workflow, instant
                WHERE account_id = @AccountId AND workflow_id = @Id)
            UPDATE workflows.workflow
            SET state = @Published, published_version = published_version + 1, published_at = instant.at
            FROM instant
            WHERE account_id = @AccountId AND workflow_id = @Id;
            UPDATE workflows.account SET look_at = now() WHERE account_id = @AccountId AND @WatchesSegments
            """;
        return tx.Connection!.ExecuteAsync(new CommandDefinition(
            sql,
            new
            {
                AccountId = account.Id,
                Id = Guid.Parse(workflow.WorkflowId),
                Publisher = publisher,
                Loops = loops.ToArray(),
                Published = (short)Workflow.Types.State.Published,
                WatchesSegments = workflow.Definition.Triggers.Any(trigger => trigger.SegmentEntered is not null),
            },
            tx,
            cancellationToken: ct));
    }
}

/// <summary>The draft to publish, and how.</summary>
internal sealed record Draft(Guid WorkflowId, long Revision, bool AcceptLoops, LoopSearch Loops);
