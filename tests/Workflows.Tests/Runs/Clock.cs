using Crm.Workflows.V1;
using Npgsql;
using TagSegments.Testing;

namespace TagSegments.Workflows.Tests.Runs;

/// <summary>Lets time pass for a run: timers run by the database's clock, which tests do not turn.</summary>
internal static class Clock
{
    /// <summary>Looks behind the services.</summary>
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
