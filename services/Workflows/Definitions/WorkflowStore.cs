using Crm.Errors.V1;
using Crm.Workflows.V1;
using Dapper;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Npgsql;

namespace TagSegments.Workflows.Definitions;

/// <summary>Workflows and their drafts in PostgreSQL.</summary>
internal sealed class WorkflowStore(AccountDatabase database)
{
    private const int MaxPublished = 32_000_000;

    // The states are literals, because the index run_attention covers these two only.
    private static readonly string s_select = $"""
        SELECT w.workflow_id, w.name, w.description, w.owner_email, w.draft::text AS draft, w.revision, w.state, w.published_version,
               v.version IS NOT NULL AND v.definition <> w.draft AS has_unpublished_changes, w.created_at, w.updated_at, w.published_at,
               (SELECT count(*)::int FROM workflows.run AS r
                WHERE r.account_id = w.account_id AND r.workflow_id = w.workflow_id AND r.state = {Run.Types.State.Parked:D}) AS parked_runs,
               (SELECT count(*)::int FROM workflows.run AS r
                WHERE r.account_id = w.account_id AND r.workflow_id = w.workflow_id AND r.state = {Run.Types.State.LoopStopped:D}) AS loop_stopped_runs
        FROM workflows.workflow AS w
        LEFT JOIN workflows.workflow_version AS v
            ON v.account_id = w.account_id AND v.workflow_id = w.workflow_id AND v.version = w.published_version
        """;

    /// <summary>Inserts a workflow; throws ALREADY_EXISTS if the name is taken.</summary>
    public static async Task<Workflow> InsertAsync(NpgsqlTransaction tx, AccountInfo account, Workflow workflow, CancellationToken ct)
    {
        const string sql = """
            INSERT INTO workflows.workflow (account_id, workflow_id, name, description, owner_email, draft, tag_ids)
            VALUES (@AccountId, @WorkflowId, @Name, @Description, @OwnerEmail, @Draft::jsonb, @TagIds)
            ON CONFLICT DO NOTHING
            """;
        var id = Guid.CreateVersion7();
        var inserted = await tx.Connection!.ExecuteAsync(new CommandDefinition(sql, Values(account, id, workflow), tx, cancellationToken: ct));
        if (inserted == 0)
        {
            throw RpcErrors.AlreadyExists("workflow", workflow.Name);
        }

        await WorkflowLimits.RequireFewDraftsAsync(tx, account, ct);
        return await GetAsync(tx, account, id, ct);
    }

    /// <summary>Replaces name, description and draft; throws if the workflow is missing, newer than the caller's or the name is taken.</summary>
    public static async Task<Workflow> UpdateAsync(NpgsqlTransaction tx, AccountInfo account, Guid id, Workflow workflow, CancellationToken ct)
    {
        const string sql = """
            UPDATE workflows.workflow AS w
            SET name = @Name,
                description = @Description,
                owner_email = @OwnerEmail,
                draft = @Draft::jsonb,
                tag_ids = @TagIds,
                revision = revision + 1,
                updated_at = now()
            WHERE account_id = @AccountId AND workflow_id = @WorkflowId
            """;
        var current = await GetAsync(tx, account, id, ct, forUpdate: true);
        CheckRevision(current, workflow.Revision);
        try
        {
            await tx.Connection!.ExecuteAsync(new CommandDefinition(sql, Values(account, id, workflow), tx, cancellationToken: ct));
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw RpcErrors.AlreadyExists("workflow", workflow.Name);
        }

        return await GetAsync(tx, account, id, ct);
    }

    /// <summary>Throws ABORTED if the caller names a revision that is not the current one.</summary>
    public static void CheckRevision(Workflow current, long expected)
    {
        if (expected != 0 && expected != current.Revision)
        {
            throw RpcErrors.VersionMismatch("workflow", current.WorkflowId, current.Revision);
        }
    }

    /// <summary>Gets a workflow with its draft; throws NOT_FOUND if there is none.</summary>
    public static async Task<Workflow> GetAsync(
        NpgsqlTransaction tx, AccountInfo account, Guid id, CancellationToken ct, bool forUpdate = false)
    {
        var sql = $"""
            {s_select}
            WHERE w.account_id = @AccountId AND w.workflow_id = @Id AND w.deleted_at IS NULL
            {(forUpdate ? "FOR UPDATE OF w" : "")}
            """;
        var row = await tx.Connection!.QuerySingleOrDefaultAsync<Row>(
            new CommandDefinition(sql, new { AccountId = account.Id, Id = id }, tx, cancellationToken: ct));
        return row?.ToWorkflow() ?? throw RpcErrors.NotFound("workflow", id.ToString());
    }

    /// <summary>Gets a workflow with its draft by id or, where that is empty, by name; null if there is none.</summary>
    public async Task<Workflow?> FindAsync(int accountId, Guid id, string name, CancellationToken ct)
    {
        var sql = $"""
            {s_select}
            WHERE w.account_id = @accountId AND (w.workflow_id = @id OR w.name = @name) AND w.deleted_at IS NULL
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(
            new CommandDefinition(sql, new { accountId, id, name }, cancellationToken: ct));
        return row?.ToWorkflow();
    }

    /// <summary>Finds id and name of a workflow by either.</summary>
    public async Task<(Guid WorkflowId, string Name)?> FindNameAsync(int accountId, Guid id, string name, CancellationToken ct)
    {
        const string sql = """
            SELECT workflow_id, name
            FROM workflows.workflow
            WHERE account_id = @accountId AND (workflow_id = @id OR name = @name) AND deleted_at IS NULL
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var found = await connection.QueryAsync<(Guid, string)>(new CommandDefinition(sql, new { accountId, id, name }, cancellationToken: ct));
        return found.Select(workflow => ((Guid, string)?)workflow).FirstOrDefault();
    }

    /// <summary>Gets the published workflows with the definitions of their published versions.</summary>
    public async Task<IReadOnlyList<Workflow>> PublishedAsync(int accountId, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(accountId, ct);
        return await PublishedAsync(connection, null, accountId, ct);
    }

    /// <summary>
    /// Gets the published workflows with the definitions of their published versions, in a transaction if there is one. Throws FAILED_PRECONDITION if
    /// they are larger than a process should hold of one account; publishing asks for them, so they do not become so.
    /// </summary>
    public static async Task<IReadOnlyList<Workflow>> PublishedAsync(
        NpgsqlConnection connection, NpgsqlTransaction? tx, int accountId, CancellationToken ct)
    {
        const string sql = """
            SELECT w.workflow_id, w.name, v.definition::text
            FROM workflows.workflow AS w
            JOIN workflows.workflow_version AS v
                ON v.account_id = w.account_id AND v.workflow_id = w.workflow_id AND v.version = w.published_version
            WHERE w.account_id = @accountId AND w.state = @published
            """;
        var page = await connection.QueryPageAsync(
            new CommandDefinition(sql, new { accountId, published = (short)Workflow.Types.State.Published }, tx, cancellationToken: ct),
            new Page<(Guid Id, string Name, string Definition)>(int.MaxValue, row => row.Definition.Length, MaxPublished));
        if (page.HasMore)
        {
            throw RpcErrors.Create(
                StatusCode.FailedPrecondition,
                ErrorReason.WrongState,
                $"The published workflows of the account have more than {MaxPublished} characters together, the maximum. Unpublish some of them.");
        }

        return [.. page.Items.Select(row => new Workflow
        {
            WorkflowId = row.Id.ToString(),
            Name = row.Name,
            Definition = DefinitionJson.Parse(row.Definition),
        })];
    }

    /// <summary>Whether the account's feeds are followed already.</summary>
    public async Task<bool> HasCursorsAsync(int accountId, CancellationToken ct)
    {
        const string sql = "SELECT EXISTS (SELECT FROM workflows.cursor WHERE account_id = @accountId)";
        await using var connection = await database.OpenAsync(accountId, ct);
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(sql, new { accountId }, cancellationToken: ct));
    }

    /// <summary>Lists workflows after a name.</summary>
    public async Task<(IReadOnlyList<Workflow> Workflows, bool HasMore)> ListAsync(int accountId, int tagId, string? after, int size, CancellationToken ct)
    {
        var sql = $"""
            {s_select}
            WHERE w.account_id = @accountId
                AND w.deleted_at IS NULL
                AND (@tagId = 0 OR @tagId = ANY(w.tag_ids) OR (w.state = @published AND @tagId = ANY(v.tag_ids)))
                AND (@after::text IS NULL OR w.name COLLATE "C" > @after)
            ORDER BY w.name COLLATE "C"
            LIMIT @limit
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var values = new { accountId, tagId, after, limit = size + 1, published = (short)Workflow.Types.State.Published };
        var page = await connection.QueryPageAsync(new CommandDefinition(sql, values, cancellationToken: ct), new Page<Row>(size, row => row.Draft.Length));
        return ([.. page.Items.Select(row => row.ToWorkflow())], page.HasMore);
    }

    private static object Values(AccountInfo account, Guid id, Workflow workflow) => new
    {
        AccountId = account.Id,
        WorkflowId = id,
        workflow.Name,
        workflow.Description,
        workflow.OwnerEmail,
        Draft = DefinitionJson.Format(workflow.Definition),
        TagIds = DefinitionTags.Of(workflow.Definition),
    };

    private sealed record Row(
        Guid WorkflowId,
        string Name,
        string Description,
        string OwnerEmail,
        string Draft,
        long Revision,
        short State,
        int PublishedVersion,
        bool HasUnpublishedChanges,
        DateTime CreatedAt,
        DateTime UpdatedAt,
        DateTime? PublishedAt,
        int ParkedRuns,
        int LoopStoppedRuns)
    {
        public Workflow ToWorkflow() => new()
        {
            WorkflowId = WorkflowId.ToString(),
            Name = Name,
            Description = Description,
            OwnerEmail = OwnerEmail,
            Definition = DefinitionJson.Parse(Draft),
            Revision = Revision,
            State = (Workflow.Types.State)State,
            PublishedVersion = PublishedVersion,
            HasUnpublishedChanges = HasUnpublishedChanges,
            CreateTime = Timestamp.FromDateTime(CreatedAt),
            UpdateTime = Timestamp.FromDateTime(UpdatedAt),
            PublishTime = PublishedAt is { } at ? Timestamp.FromDateTime(at) : null,
            ParkedRuns = ParkedRuns,
            LoopStoppedRuns = LoopStoppedRuns,
        };
    }
}
