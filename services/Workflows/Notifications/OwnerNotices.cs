using Crm.Campaigns.V1;
using Crm.Workflows.V1;
using Dapper;
using Grpc.Core;
using Npgsql;

namespace TagSegments.Workflows.Notifications;

/// <summary>
/// Notifies the owners of workflows when runs were parked or stopped as loops: at once, and then at most once an hour with the runs since.
/// Everything is logged as well, so that it is visible where a workflow has no owner, or the owner's address is not a confirmed one of the team.
/// </summary>
internal sealed class OwnerNotices(WorkDatabase database, ClosedAccounts closed, TeamService.TeamServiceClient team, ILogger<OwnerNotices> logger)
    : PollingService(TimeSpan.FromSeconds(5), logger)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_retry = TimeSpan.FromMinutes(1);
    // Shorter than the time until a notice is due again, so that no two processes send the same one.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    // A slow call must not keep a notice locked, because runs that add to it would wait. So the notice is deferred before the owner is told.
    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        if (!closed.IsKnown || await TakeNextAsync(ct) is not { } notice)
        {
            return false;
        }

        logger.RunsNeedAttention(notice.Subject, notice.Account, notice.RunId);
        if (await TellAsync(notice, ct))
        {
            await CloseAsync(notice, ct);
        }

        return true;
    }

    // If this process dies meanwhile, or the call fails, the notice comes up again after a minute.
    private async Task<Notice?> TakeNextAsync(CancellationToken ct)
    {
        const string sql = """
            WITH next AS (
                SELECT account_id, workflow_id, state
                FROM workflows.notice
                WHERE runs > 0 AND due_at <= now() AND account_id <> ALL (@closed)
                ORDER BY due_at
                LIMIT 1
                FOR UPDATE SKIP LOCKED),
            taken AS (
                UPDATE workflows.notice AS notice
                SET due_at = now() + @retry
                FROM next
                WHERE notice.account_id = next.account_id AND notice.workflow_id = next.workflow_id AND notice.state = next.state
                RETURNING notice.account_id, notice.workflow_id, notice.state, notice.runs, notice.run_id)
            SELECT taken.account_id, account.name AS account, taken.workflow_id, workflow.name AS workflow, workflow.owner_email, taken.state,
                   taken.runs, taken.run_id, run.contact_id, run.reason,
                   ARRAY(SELECT COALESCE(w.name, id)
                         FROM unnest(run.cause_chain) WITH ORDINALITY AS chain (id, place)
                         LEFT JOIN workflows.workflow AS w ON w.account_id = taken.account_id AND w.workflow_id::text = id
                         ORDER BY place) AS chain
            FROM taken
            JOIN workflows.account AS account USING (account_id)
            JOIN workflows.workflow AS workflow USING (account_id, workflow_id)
            JOIN workflows.run AS run USING (account_id, run_id)
            """;
        await using var connection = await database.OpenAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<Notice>(new CommandDefinition(sql, new { retry = s_retry, closed = closed.Ids }, cancellationToken: ct));
    }

    // Runs that were added meanwhile stay for the next mail.
    private async Task CloseAsync(Notice notice, CancellationToken ct)
    {
        const string sql = """
            UPDATE workflows.notice
            SET runs = runs - @Runs, due_at = now() + @pause
            WHERE account_id = @AccountId AND workflow_id = @WorkflowId AND state = @State
            """;
        await using var connection = await database.OpenAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition(
            sql, new { notice.Runs, pause = s_pause, notice.AccountId, notice.WorkflowId, notice.State }, cancellationToken: ct));
    }

    private async Task<bool> TellAsync(Notice notice, CancellationToken ct)
    {
        if (notice.OwnerEmail.Length == 0)
        {
            return true;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(s_limit);
        try
        {
            var request = new SendNoticeRequest { Account = notice.Account, Address = notice.OwnerEmail, Subject = notice.Subject, Text = notice.Text };
            await team.SendNoticeAsync(request, cancellationToken: limit.Token);
            return true;
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.FailedPrecondition or StatusCode.InvalidArgument)
        {
            // Nothing but a change of the account would help: the log has it.
            logger.OwnerNotConfirmed(notice.Workflow, notice.Account, e.Status.Detail);
            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // The notice comes up again later.
            logger.OwnerNotTold(e, notice.Workflow, notice.Account);
            return false;
        }
    }

    private sealed record Notice(
        int AccountId,
        string Account,
        Guid WorkflowId,
        string Workflow,
        string OwnerEmail,
        short State,
        int Runs,
        Guid RunId,
        int ContactId,
        string Reason,
        string[] Chain)
    {
        private bool IsLoop => (Run.Types.State)State is Run.Types.State.LoopStopped;

        public string Subject => $"{Workflow}: {Runs} {(Runs == 1 ? "run" : "runs")} {(IsLoop ? "stopped in a loop" : "parked")}";

        public string Text => $"""
            {(IsLoop ? "These runs did not start: what would have started them was caused by the workflow itself." : "These runs wait for you to put right what failed.")}

            The last one: contact {ContactId}, run {RunId}
            {(IsLoop ? $"The way: {string.Join(" > ", Chain.Append(Workflow))}" : $"The reason: {Reason}")}

            All of them: tagsegments workflows runs "{Workflow}" --state {(IsLoop ? "loop_stopped" : "parked")} --account {Account}
            """;
    }
}
