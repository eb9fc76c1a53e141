using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Npgsql;
using TagSegments.Campaigns;
using TagSegments.Embedded.Postgres;
using TagSegments.Segments;
using TagSegments.ServiceDefaults.Data;
using TagSegments.Tags;
using TagSegments.Workflows;

namespace TagSegments.Testing;

/// <summary>
/// The PostgreSQL server of this test process: the one that the owner's connection string TEST_POSTGRES names, else a private one.
/// Its template database has all migrations; every test database is a copy of it.
/// </summary>
public sealed class PostgresFixture
{
    private const string RolePassword = "tagsegments";
    private static readonly Lazy<Task<PostgresFixture>> s_shared = new(StartAsync);
    private static readonly string s_prefix = $"tagsegments_test_{Environment.ProcessId}";

    private readonly string _server;
    private int _databases;

    private PostgresFixture(string server)
    {
        _server = server;
        // A test may use the code of a service without starting it.
        DapperSetup.Ensure();
    }

    /// <summary>Gets the server, starting it at the first call.</summary>
    public static Task<PostgresFixture> SharedAsync() => s_shared.Value;

    /// <summary>Creates a database with every service's schema and no rows.</summary>
    public Task<TestDatabase> CreateDatabaseAsync() => CreateAsync($"{s_prefix}_template");

    /// <summary>Creates a database without anything, to be migrated by the test; the roles of the services have their passwords.</summary>
    public Task<TestDatabase> CreateEmptyDatabaseAsync() => CreateAsync("template0");

    private async Task<TestDatabase> CreateAsync(string template)
    {
        var name = $"{s_prefix}_{Interlocked.Increment(ref _databases).ToString(CultureInfo.InvariantCulture)}";
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {template}");
        return new TestDatabase(Connection(name), RolePassword, () => ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
    }

    /// <summary>Prepares a server that is not the one of the process.</summary>
    public static async Task<PostgresFixture> OnAsync(string server)
    {
        var fixture = new PostgresFixture(server);
        await fixture.ExecuteAsync($"CREATE DATABASE {s_prefix}_template");

        // The template must have no open connection when it is copied.
        var template = Connection(fixture._server, $"{s_prefix}_template", pooling: false);
        foreach (var app in new[] { typeof(TagsApp), typeof(SegmentsApp), typeof(CampaignsApp), typeof(WorkflowsApp) })
        {
            await Migrator.MigrateAsync(template, app.Assembly, RolePassword, RolePassword, CancellationToken.None);
        }

        return fixture;
    }

    // A server that is gone has nothing left to drop.
    private async Task DropTemplateAsync()
    {
        try
        {
            await ExecuteAsync($"DROP DATABASE {s_prefix}_template");
        }
        catch (NpgsqlException e) when (e.InnerException is SocketException)
        {
        }
    }

    private static async Task<PostgresFixture> StartAsync()
    {
        var given = Environment.GetEnvironmentVariable("TEST_POSTGRES") is { Length: > 0 } server ? server : null;
        var fixture = await OnAsync(given ?? await StartPrivateAsync());
        if (given is not null)
        {
            AtProcessEnd.Stop(fixture.DropTemplateAsync);
        }

        return fixture;
    }

    private static async Task<string> StartPrivateAsync()
    {
        RemoveLeftovers();
        var folder = Path.Combine(Path.GetTempPath(), s_prefix);
        var server = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions
        {
            DataDirectory = folder,
            Settings = EmbeddedPostgresOptions.Throwaway,
        });
        AtProcessEnd.Stop(async () =>
        {
            await server.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        });
        return server.ConnectionString();
    }

    // A killed test process leaves its folder; the server in it has stopped with the process.
    private static void RemoveLeftovers()
    {
        // The folders first: that of a process that starts meanwhile is not among them. One with the number of this process is of an earlier one.
        var folders = Directory.GetDirectories(Path.GetTempPath(), "tagsegments_test_*");
        var living = Process.GetProcesses().Select(process => process.Id).Where(id => id != Environment.ProcessId).ToHashSet();
        foreach (var folder in folders)
        {
            if (int.TryParse(folder.Split('_')[^1].Replace(".new", ""), CultureInfo.InvariantCulture, out var id) && !living.Contains(id))
            {
                Remove(folder);
            }
        }
    }

    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
            // Another test process that starts at this moment removes it, too.
        }
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Connection(_server, null, pooling: false));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private string Connection(string database) => Connection(_server, database, pooling: true);

    private static string Connection(string server, string? database, bool pooling)
    {
        var builder = new NpgsqlConnectionStringBuilder(server) { Pooling = pooling };
        builder.Database = database ?? builder.Database;
        return builder.ConnectionString;
    }
}
