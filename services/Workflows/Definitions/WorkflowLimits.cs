using Crm.Workflows.V1;
using Dapper;
using Npgsql;

namespace TagSegments.Workflows.Definitions;

/// <summary>Keeps the workflows of an account within its limits.</summary>
internal static class WorkflowLimits
{
    /// <summary>
    /// Throws RESOURCE_EXHAUSTED if the account has more workflows that are not published than its limit allows, including what the transaction created
    /// or unpublished.
    /// </summary>
    public static async Task RequireFewDraftsAsync(NpgsqlTransaction tx, AccountInfo account, CancellationToken ct)
    {
        // Two that are created or unpublished at the same time count each other.
        const string lockSql = "SELECT pg_advisory_xact_lock(hashtext('workflows.draft'), @Id)";
        const string sql = """
            SELECT count(*)
            FROM (SELECT FROM workflows.workflow WHERE account_id = @Id AND state <> @Published AND deleted_at IS NULL LIMIT @most + 1) AS drafts
            """;
        var most = account.Limits.WorkflowDrafts;
        var values = new { account.Id, Published = (short)Workflow.Types.State.Published, most };
        await tx.Connection!.ExecuteAsync(new CommandDefinition(lockSql, values, tx, cancellationToken: ct));
        if (await tx.Connection!.ExecuteScalarAsync<long>(new CommandDefinition(sql, values, tx, cancellationToken: ct)) > most)
        {
            throw RpcErrors.QuotaExceeded(
                "workflow_drafts", most, $"The account may have {most} workflows that are not published. Delete some that are not used.", TimeSpan.FromMinutes(1));
        }
    }
}
