using Crm.Workflows.V1;
using Dapper;
using Npgsql;

namespace TagSegments.Chaos.Scenarios;

/// <summary>
/// Compares the runs with what had to happen: a run for each event of the tags that start workflows, by the log of the tag service and by the
/// writes that were acknowledged, and for each run its message once.
/// </summary>
internal sealed class WorkflowJudge(string connectionString)
{
    // The name of a workflow is that of the tag that starts it.
    private const string Events = """
        SELECT account_id, name, 'tags/' || pos || '.' || seq AS event_id
        FROM tags.tag_change
        JOIN tags.tag USING (account_id, tag_id)
        WHERE op = 1 AND name = ANY(@tags) AND contact_id IS NOT NULL
        UNION ALL
        SELECT account_id, name, 'tags/' || pos || '.' || seq || CASE WHEN bit_count(bits) > 1 THEN '.' || (chunk * 16384 + i) ELSE '' END
        FROM tags.tag_change
        JOIN tags.tag USING (account_id, tag_id)
        CROSS JOIN generate_series(0, 16383) AS i
        WHERE op = 1 AND name = ANY(@tags) AND contact_id IS NULL AND get_bit(bits, i) = 1
        """;

    // Other workflows of the same services are none of its business.
    private const string Runs = """
        SELECT r.*, w.name
        FROM workflows.run r
        JOIN workflows.workflow w USING (account_id, workflow_id)
        WHERE w.name = ANY(@tags)
        """;

    private static readonly string[] s_tags = [WorkflowLoad.SingleTag, WorkflowLoad.BulkTag];

    /// <summary>Waits until there is a run for every event and all have come to their end, or nothing has gone on for as long as the patience.</summary>
    public Task WaitAsync(TimeSpan patience) => Settling.WaitAsync(LeftAsync, patience);

    /// <summary>Fills the report; <paramref name="acknowledged"/> are the taggings of each contact of an account by single writers.</summary>
    public async Task JudgeAsync(ChaosReport report, IReadOnlyDictionary<(string Account, int Contact), int> acknowledged)
    {
        await TellAsync(report);
        var differences = (await ReadAsync(connection => connection.QueryAsync<(string Event, int Missing)>(
            $"""
            SELECT account_id || ' ' || name || ' ' || event_id, COALESCE(event.count, 0) - COALESCE(run.count, 0)
            FROM (SELECT account_id, name, event_id, count(*)::int FROM ({Events}) AS event GROUP BY 1, 2, 3) AS event
            FULL JOIN (SELECT account_id, name, event_id, count(*)::int FROM ({Runs}) AS run GROUP BY 1, 2, 3) AS run
                USING (account_id, name, event_id)
            WHERE event.count IS DISTINCT FROM run.count
            """,
            new { tags = s_tags }))).ToList();
        Report(report, "", differences);

        var runs = (await ReadAsync(connection => connection.QueryAsync<(string Account, int Contact, int Runs)>(
            """
            SELECT account.name, contact_id, count(*)::int
            FROM workflows.run
            JOIN workflows.workflow USING (account_id, workflow_id)
            JOIN workflows.account USING (account_id)
            WHERE workflow.name = @name
            GROUP BY 1, 2
            """,
            new { name = WorkflowLoad.SingleTag }))).ToDictionary(row => (row.Account, row.Contact), row => row.Runs);
        Report(report, "acknowledged_", [.. acknowledged.Keys.Union(runs.Keys)
            .Select(contact => ($"{contact.Account} contact {contact.Contact}", acknowledged.GetValueOrDefault(contact) - runs.GetValueOrDefault(contact)))]);

        Report(report, "messages_", [.. await ReadAsync(connection => connection.QueryAsync<(string Run, int Missing)>(
            """
            SELECT 'run ' || run_id, 1 - count(message_id)::int
            FROM workflows.run
            JOIN workflows.workflow USING (account_id, workflow_id)
            LEFT JOIN campaigns.single_message ON cause ->> 'id' = run_id::text
            WHERE name = @name
            GROUP BY run_id
            HAVING count(message_id) <> 1
            """,
            new { name = WorkflowLoad.SingleTag }))]);

        var unfinished = (await ReadAsync(connection => connection.QueryAsync<string>(
            $"SELECT contact_id || ' in state ' || state || ': ' || reason FROM ({Runs}) AS run WHERE state <> @completed",
            new { tags = s_tags, completed = (int)Run.Types.State.Completed }))).ToList();
        report.MustBeZero("unfinished", unfinished.Count, unfinished);
        var miscounted = (await MiscountedAsync()).ToList();
        report.MustBeZero("miscounted", miscounted.Count, miscounted);
    }

    // The nodes whose kept counts are not those of the runs and of the steps that these went on from.
    private Task<IEnumerable<string>> MiscountedAsync() => ReadAsync(connection => connection.QueryAsync<string>(
        """
        SELECT concat_ws(' ', account_id, workflow_id, version, node_id, kind, kept.runs, counted.runs)
        FROM (
            SELECT account_id, workflow_id, version, node_id, kind, sum(runs) AS runs
            FROM workflows.node_count
            GROUP BY 1, 2, 3, 4, 5
            HAVING sum(runs) <> 0) AS kept
        FULL JOIN (
            SELECT account_id, workflow_id, version, node_id, CASE WHEN state = @running AND attempt > 1 THEN @retrying ELSE state END AS kind, count(*) AS runs
            FROM workflows.run
            GROUP BY 1, 2, 3, 4, 5
            UNION ALL
            SELECT account_id, workflow_id, version, step.node_id, @passed, count(DISTINCT (run_id, step.step))
            FROM workflows.run
            JOIN workflows.step USING (account_id, run_id)
            WHERE step.step < run.step
            GROUP BY 1, 2, 3, 4) AS counted
            USING (account_id, workflow_id, version, node_id, kind)
        WHERE kept.runs IS DISTINCT FROM counted.runs
            AND (account_id, workflow_id) IN (SELECT account_id, workflow_id FROM workflows.workflow WHERE name = ANY(@tags))
        """,
        new { tags = s_tags, running = (short)Run.Types.State.Running, retrying = (short)9, passed = (short)0 }));

    /// <summary>How much is left to do: what becomes a run is still to be begun and to be ended.</summary>
    public Task<long> LeftAsync() => ReadAsync(connection => connection.ExecuteScalarAsync<long>(
        $"""
        SELECT 2 * greatest(0, (SELECT count(*) FROM ({Events}) AS event) - (SELECT count(*) FROM ({Runs}) AS run))
            + (SELECT count(*) FROM ({Runs}) AS run WHERE due_at IS NOT NULL)
            + (SELECT count(*) FROM workflows.backlog)
        """,
        new { tags = s_tags }));

    private async Task TellAsync(ChaosReport report)
    {
        report.Tell("events", await ReadAsync(connection => connection.ExecuteScalarAsync<long>($"SELECT count(*) FROM ({Events}) AS event", new { tags = s_tags })));
        report.Tell("runs", await ReadAsync(connection => connection.ExecuteScalarAsync<long>($"SELECT count(*) FROM ({Runs}) AS run", new { tags = s_tags })));
        report.Tell("steps_tried_again", await ReadAsync(connection => connection.ExecuteScalarAsync<long>("SELECT count(*) FROM workflows.step WHERE attempt > 1")));
    }

    private static void Report(ChaosReport report, string prefix, List<(string What, int Missing)> differences)
    {
        var (lost, doubled) = (differences.Where(row => row.Missing > 0).ToList(), differences.Where(row => row.Missing < 0).ToList());
        report.MustBeZero($"{prefix}lost", lost.Sum(row => row.Missing), lost.Select(row => row.What));
        report.MustBeZero($"{prefix}doubled", -doubled.Sum(row => row.Missing), doubled.Select(row => row.What));
    }

    private async Task<T> ReadAsync<T>(Func<NpgsqlConnection, Task<T>> query)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        return await query(connection);
    }
}
