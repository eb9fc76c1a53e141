using Crm.Workflows.V1;
using Dapper;
using Npgsql;

namespace TagSegments.Workflows.Notifications;

/// <summary>
/// Tells owners of workflows of runs that were parked or stopped as loops: at once, and then once an hour at most with what has come up since.
/// Everything is logged as well, so it is seen where a workflow has no owner or there is no mail server.
/// </summary>
internal sealed class OwnerNotices(NpgsqlDataSource database, MailClient mail, ILogger<OwnerNotices> logger) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_pause = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_retry = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await TellNextAsync(stoppingToken))
                {
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // The database is away: what is to be told stays there.
                logger.NoticesUnavailable(e);
            }
            catch (OperationCanceledException)
            {
                // The service stops.
            }

            await Task.Delay(s_interval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // One message to each transaction: a mail server that is slow holds up one notice only.
    private async Task<bool> TellNextAsync(CancellationToken ct)
    {
        const string sql = """
            SELECT notice.account_id, account.name AS account, notice.workflow_id, workflow.name AS workflow, workflow.owner_email, notice.state,
                   notice.runs, notice.run_id, run.contact_id, run.reason,
                   ARRAY(SELECT COALESCE(w.name, id)
                         FROM unnest(run.cause_chain) WITH ORDINALITY AS chain (id, place)
                         LEFT JOIN workflows.workflow AS w ON w.account_id = notice.account_id AND w.workflow_id::text = id
                         ORDER BY place) AS chain
            FROM workflows.notice AS notice
            JOIN workflows.account AS account USING (account_id)
            JOIN workflows.workflow AS workflow USING (account_id, workflow_id)
            JOIN workflows.run AS run USING (account_id, run_id)
            WHERE notice.runs > 0 AND notice.due_at <= now()
            ORDER BY notice.due_at
            LIMIT 1
            FOR UPDATE OF notice SKIP LOCKED
            """;
        const string doneSql = """
            UPDATE workflows.notice
            SET runs = CASE WHEN @isTold THEN 0 ELSE runs END, due_at = now() + @pause
            WHERE account_id = @AccountId AND workflow_id = @WorkflowId AND state = @State
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var notice = await connection.QuerySingleOrDefaultAsync<Notice>(new CommandDefinition(sql, transaction: tx, cancellationToken: ct));
        if (notice is null)
        {
            return false;
        }

        logger.RunsNeedAttention(notice.Subject, notice.Account, notice.RunId, notice.Reason);
        var isTold = await TellAsync(notice, ct);
        await connection.ExecuteAsync(new CommandDefinition(
            doneSql,
            new { isTold, pause = isTold ? s_pause : s_retry, notice.AccountId, notice.WorkflowId, notice.State },
            tx,
            cancellationToken: ct));
        await tx.CommitAsync(ct);
        return true;
    }

    private async Task<bool> TellAsync(Notice notice, CancellationToken ct)
    {
        if (notice.OwnerEmail.Length == 0 || !mail.IsConfigured)
        {
            return true;
        }

        try
        {
            await mail.SendAsync(notice.OwnerEmail, notice.Subject, notice.Text, $"{notice.RunId:N}.{notice.State}", ct);
            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Whatever the mail server said: the owner is told later.
            logger.OwnerNotTold(e, notice.OwnerEmail);
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
