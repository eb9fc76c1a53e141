using Crm.Errors.V1;
using Crm.Workflows.V1;
using Dapper;
using Grpc.Core;
using Npgsql;
using TagSegments.Workflows.Definitions;
using TagSegments.Workflows.Enrolment;

namespace TagSegments.Workflows.Publication;

/// <summary>Takes workflows back: unpublishes and deletes them. Deleting a workflow that is still used needs force.</summary>
internal sealed class Withdrawal(IdempotentWrites writes, Enroller enroller)
{
    public Task<UnpublishWorkflowResponse> UnpublishAsync(AccountInfo account, Guid id, UnpublishWorkflowRequest request, ServerCallContext context) =>
        writes.RunAsync(account, context, request, async tx =>
        {
            if (request.CancelRuns)
            {
                await enroller.WorkOffAllAsync(tx, account.Id, id, context.CancellationToken);
            }

            return await PublishStore.UnpublishAsync(tx, account, id, request.CancelRuns, context.CancellationToken);
        });

    public Task<DeleteWorkflowResponse> DeleteAsync(AccountInfo account, Guid id, DeleteWorkflowRequest request, ServerCallContext context) =>
        writes.RunAsync(account, context, request, async tx =>
        {
            const string sql = """
                UPDATE workflows.workflow SET deleted_at = now() WHERE account_id = @AccountId AND workflow_id = @id;
                DELETE FROM workflows.notice WHERE account_id = @AccountId AND workflow_id = @id
                """;
            var ct = context.CancellationToken;
            // Locks the account, so that nothing starts meanwhile, and turns deferred enrolments into runs, to be cancelled with the others.
            await enroller.WorkOffAllAsync(tx, account.Id, id, ct);
            var workflow = await WorkflowStore.GetAsync(tx, account, id, ct, forUpdate: true);
            if (!request.Force && await UseAsync(tx, account, workflow, ct) is { } use)
            {
                throw RpcErrors.Create(
                    StatusCode.FailedPrecondition,
                    ErrorReason.InUse,
                    $"The workflow \"{workflow.Name}\" {use}. Delete it with force all the same.",
                    ("resource", "workflow"),
                    ("id", workflow.WorkflowId));
            }

            var (_, cancelled) = await PublishStore.EndAsync(tx, account, id, cancelRuns: true, ct);
            await tx.Connection!.ExecuteAsync(new CommandDefinition(sql, new { AccountId = account.Id, id }, tx, cancellationToken: ct));
            return new DeleteWorkflowResponse { CancelledRuns = cancelled };
        });

    private static async Task<string?> UseAsync(NpgsqlTransaction tx, AccountInfo account, Workflow workflow, CancellationToken ct)
    {
        const string runsSql = """
            SELECT count(*)::int
            FROM workflows.run
            WHERE account_id = @AccountId AND workflow_id = @Id AND (due_at IS NOT NULL OR state = @Parked)
            """;
        const string callerSql = """
            SELECT w.name
            FROM workflows.workflow AS w
            LEFT JOIN workflows.workflow_version AS v
                ON v.account_id = w.account_id AND v.workflow_id = w.workflow_id AND v.version = w.published_version AND w.state = @Published
            WHERE w.account_id = @AccountId
                AND w.workflow_id <> @Id
                AND w.deleted_at IS NULL
                AND jsonb_path_exists(
                    jsonb_build_array(w.draft, v.definition), '$[*].nodes[*].goToWorkflow ? (@.workflowId == $id)', jsonb_build_object('id', @Id::text))
            ORDER BY w.name
            LIMIT 1
            """;
        if (workflow.State is Workflow.Types.State.Published)
        {
            return "is published";
        }

        var values = new
        {
            AccountId = account.Id,
            Id = Guid.Parse(workflow.WorkflowId),
            Parked = (short)Run.Types.State.Parked,
            Published = (short)Workflow.Types.State.Published,
        };
        var runs = await tx.Connection!.ExecuteScalarAsync<int>(new CommandDefinition(runsSql, values, tx, cancellationToken: ct));
        var caller = await tx.Connection!.ExecuteScalarAsync<string?>(new CommandDefinition(callerSql, values, tx, cancellationToken: ct));
        return runs > 0 ? $"has {runs} runs under way" : caller is null ? null : $"is the target of \"{caller}\"";
    }
}
