using Dapper;
using Npgsql;
using TagSegments.Campaigns;
using TagSegments.Segments;
using TagSegments.ServiceDefaults.Data;
using TagSegments.Tags;
using TagSegments.Testing;

namespace TagSegments.Benchmarks.Segments;

/// <summary>A database with generated data on the server of the benchmark. On a server that is kept, the next run finds it there.</summary>
internal static class BenchmarkDatabase
{
    private const string RolePassword = "benchmark";

    /// <summary>Opens the database of a name, creating and loading it first if it is not there.</summary>
    public static async Task<TestDatabase> OpenAsync(string name, Func<NpgsqlDataSource, Task> load)
    {
        var server = Environment.GetEnvironmentVariable("TEST_POSTGRES")!;
        await using var maintenance = new NpgsqlConnection(server);
        if (!await maintenance.ExecuteScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_database WHERE datname = @name)", new { name }))
        {
            // It gets its name when it is complete, so an interrupted run leaves nothing that looks like data.
            await maintenance.ExecuteAsync($"DROP DATABASE IF EXISTS {name}_loading WITH (FORCE)");
            await maintenance.ExecuteAsync($"CREATE DATABASE {name}_loading");
            // A database with connections cannot be renamed.
            await LoadAsync(On(server, $"{name}_loading", pooling: false), load);
            await maintenance.ExecuteAsync($"ALTER DATABASE {name}_loading RENAME TO {name}");
        }

        await MigrateAsync(On(server, name));
        return new TestDatabase(On(server, name), RolePassword, () => Task.CompletedTask);
    }

    private static async Task LoadAsync(string connection, Func<NpgsqlDataSource, Task> load)
    {
        await MigrateAsync(connection);
        await using var db = NpgsqlDataSource.Create(connection);
        await load(db);
    }

    private static async Task MigrateAsync(string connection)
    {
        foreach (var app in new[] { typeof(TagsApp), typeof(SegmentsApp), typeof(CampaignsApp) })
        {
            await Migrator.MigrateAsync(connection, app.Assembly, RolePassword, RolePassword, CancellationToken.None);
        }
    }

    private static string On(string server, string database, bool pooling = true) =>
        new NpgsqlConnectionStringBuilder(server) { Database = database, Pooling = pooling }.ConnectionString;
}
