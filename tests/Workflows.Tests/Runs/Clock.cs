using Crm.Workflows.V1;
using Npgsql;
using TagSegments.Testing;

namespace TagSegments.Workflows.Tests.Runs;

/// <summary>Makes time pass for a run: timers use the database's clock, which tests cannot change.</summary>
internal static class Clock
{
    /// <summary>Reads the tables of the services.</summary>
    public static async Task<T> ScalarAsync<T>(TestApps apps, string sql, params object[] values)
    {
        await using var connection = new NpgsqlConnection(apps.Database.OwnerConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return (T)(await command.ExecuteScalarAsync())!;
    }

    public static async Task MakeDueAsync(TestApps apps, Run run) => Assert.Equal(1, await ExecuteAsync(
        apps, "UPDATE workflows.run SET due_at = now(), expires_at = now() WHERE run_id = $1 AND due_at IS NOT NULL", Guid.Parse(run.RunId)));

    /// <summary>Makes the database's clock jump, as the runs of a workflow see it: all their times move back by that much.</summary>
    public static Task JumpAsync(TestApps apps, Workflow workflow, TimeSpan jump) => ExecuteAsync(
        apps,
        """
        UPDATE workflows.run
        SET due_at = due_at - $2, expires_at = expires_at - $2, started_at = started_at - $2, ended_at = ended_at - $2
        WHERE workflow_id = $1
        """,
        Guid.Parse(workflow.WorkflowId),
        jump);

    /// <summary>Puts a run back to its first node, as if none of its later steps had been committed here; the effects elsewhere stay.</summary>
    public static async Task ForgetAsync(TestApps apps, Run run, string firstNodeId)
    {
        var id = Guid.Parse(run.RunId);
        await ExecuteAsync(apps, "DELETE FROM workflows.step WHERE run_id = $1", id);
        await ExecuteAsync(
            apps,
            "UPDATE workflows.run SET state = 1, node_id = $2, step = 1, attempt = 1, due_at = now(), ended_at = NULL WHERE run_id = $1",
            id,
            firstNodeId);
    }

    private static async Task<int> ExecuteAsync(TestApps apps, string sql, params object[] values)
    {
        await using var connection = new NpgsqlConnection(apps.Database.OwnerConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return await command.ExecuteNonQueryAsync();
    }
}
