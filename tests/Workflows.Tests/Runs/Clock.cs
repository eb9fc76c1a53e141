using Crm.Workflows.V1;
using Npgsql;
using TagSegments.Testing;

namespace TagSegments.Workflows.Tests.Runs;

/// <summary>Lets time pass for a run: timers run by the database's clock, which tests do not turn.</summary>
internal static class Clock
{
    public static async Task MakeDueAsync(TestApps apps, Run run)
    {
        await using var connection = new NpgsqlConnection(apps.Database.OwnerConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "UPDATE workflows.run SET due_at = now(), expires_at = now() WHERE run_id = $1 AND due_at IS NOT NULL", connection);
        command.Parameters.AddWithValue(Guid.Parse(run.RunId));
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }
}
