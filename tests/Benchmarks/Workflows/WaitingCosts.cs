using System.Diagnostics;
using Crm.Segments.V1;
using Crm.Workflows.V1;

namespace TagSegments.Benchmarks.Workflows;

/// <summary>The costs of waiting runs, and of accounts with workflows, while nothing happens: as many transactions as without them.</summary>
internal static class WaitingCosts
{
    private const int Accounts = 1_000;
    private static readonly TimeSpan s_watch = TimeSpan.FromSeconds(20);

    /// <summary>Compares many accounts with the cost of one.</summary>
    public static async Task CompareAccountsAsync(WorkflowFixture ours, Report report, Idle none)
    {
        await ours.AddAccountsAsync(Accounts);
        // The first heartbeats of their feeds still move cursors.
        await Task.Delay(TimeSpan.FromSeconds(20));
        var many = await IdleAsync(ours);

        report.AtMost($"transactions with {Accounts:N0} more accounts, idle", many.Transactions, "with one", none.Transactions, "1/s", 1.2);
        report.Compare($"processor time with {Accounts:N0} more accounts, idle", many.Cpu, "with one", none.Cpu, "ms/s");
    }

    /// <summary>Compares waiting runs with the cost of the account before.</summary>
    public static async Task CompareRunsAsync(WorkflowFixture ours, Report report, Idle none)
    {
        var workflow = await ours.PublishAsync("{name: Wait, nodes: [{id: pause, wait: {period: 30 days}, next: done}, {id: done, end: {}}]}");
        var start = Stopwatch.GetTimestamp();
        var enrolled = await ours.Workflows.EnrolContactsAsync(new EnrolContactsRequest
        {
            Account = ours.Account,
            WorkflowId = workflow.WorkflowId,
            Source = new FilterSource { Filter = new Filter { Everyone = new EveryoneClause() } },
            RequestId = "benchmark",
        });
        var rate = enrolled.Enrolled / Stopwatch.GetElapsedTime(start).TotalSeconds;
        await ours.WaitForRunsAsync(workflow, enrolled.Enrolled, Run.Types.State.Waiting);
        await ours.ExecuteAsync("VACUUM ANALYZE workflows.run, workflows.step");
        var waiting = await IdleAsync(ours);

        var without = await ours.PublishAsync("{name: None, nodes: [{id: done, end: {}}]}");
        var counts = await Interleaved.MedianAsync(100, () => CountAsync(ours, workflow), () => CountAsync(ours, without));

        var runs = $"{enrolled.Enrolled:N0} waiting runs";
        report.AtMost($"counts per node of {runs}", counts[0], "of none", counts[1], "ms", 2);
        report.Compare("enrol existing contacts", rate, "the goal of steps", 2_000, "runs/s");
        report.AtMost($"transactions with {runs}, idle", waiting.Transactions, "with none", none.Transactions, "1/s", 1.2);
        report.AtMost($"scans of the runs' indexes with {runs}, idle", waiting.Scans, "with none", none.Scans, "1/s", 1.2);
        report.AtMost($"rows of runs fetched with {runs}, idle", waiting.Rows + 1, "with none, both plus 1", none.Rows + 1, "1/s", 1.2);
        report.Compare($"processor time with {runs}, idle", waiting.Cpu, "with none", none.Cpu, "ms/s");
    }

    /// <summary>Measures for a while the cost of everything together.</summary>
    public static async Task<Idle> IdleAsync(WorkflowFixture ours)
    {
        // Statistics of earlier work arrive up to a second later.
        await Task.Delay(TimeSpan.FromSeconds(3));
        var (before, start) = (await ReadAsync(ours), Stopwatch.GetTimestamp());
        await Task.Delay(s_watch);
        var (after, seconds) = (await ReadAsync(ours), Stopwatch.GetElapsedTime(start).TotalSeconds);
        return new Idle(
            (after.Transactions - before.Transactions) / seconds,
            (after.Scans - before.Scans) / seconds,
            (after.Rows - before.Rows) / seconds,
            (after.Cpu - before.Cpu) / seconds);
    }

    private static async Task CountAsync(WorkflowFixture ours, Workflow workflow) =>
        await ours.Workflows.GetWorkflowCountsAsync(new() { Account = ours.Account, WorkflowId = workflow.WorkflowId });

    private static async Task<Idle> ReadAsync(WorkflowFixture ours) => new(
        await ours.ScalarAsync<long>("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"),
        await ours.ScalarAsync<long>("SELECT idx_scan + seq_scan FROM pg_stat_user_tables WHERE schemaname = 'workflows' AND relname = 'run'"),
        await ours.ScalarAsync<long>("SELECT idx_tup_fetch + seq_tup_read FROM pg_stat_user_tables WHERE schemaname = 'workflows' AND relname = 'run'"),
        Process.GetCurrentProcess().TotalProcessorTime.TotalMilliseconds);

    /// <summary>The costs of everything per second.</summary>
    internal sealed record Idle(double Transactions, double Scans, double Rows, double Cpu);
}
