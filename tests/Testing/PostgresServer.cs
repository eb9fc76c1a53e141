using System.Globalization;
using Npgsql;
using TagSegments.Embedded;
using TagSegments.Embedded.Postgres;

namespace TagSegments.Testing;

/// <summary>
/// A PostgreSQL server of a test's own, to be hurt: it is stopped, killed and started again at its port, and a standby can follow it.
/// Commits are synchronous, so an acknowledged write survives the death of the server.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string Standby = "standby";

    private readonly string _folder;
    private readonly Dictionary<string, string> _settings;
    private EmbeddedPostgres? _running;

    private PostgresServer(string folder, Dictionary<string, string> settings) => (_folder, _settings) = (folder, settings);

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; } = FreePorts.Next();

    /// <summary>Connects as the owner.</summary>
    public string OwnerConnectionString => _running!.ConnectionString();

    /// <summary>Starts a server, in a folder of its own unless one is given.</summary>
    public static async Task<PostgresServer> StartAsync(string? folder = null)
    {
        var settings = new Dictionary<string, string>(EmbeddedPostgresOptions.Throwaway) { ["synchronous_commit"] = "on" };
        var server = new PostgresServer(folder ?? Directory.CreateTempSubdirectory("tagsegments_postgres_").FullName, settings);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Makes a database with every service's schema, which lasts as long as the server; in a tablespace if one is named.</summary>
    public async Task<TestDatabase> CreateDatabaseAsync(string? tablespace = null)
    {
        var database = (await (await PostgresFixture.OnAsync(OwnerConnectionString)).CreateDatabaseAsync()).Through(null);
        if (tablespace is not null)
        {
            var name = new NpgsqlConnectionStringBuilder(database.OwnerConnectionString).Database;
            await ExecuteAsync($"ALTER DATABASE {name} SET TABLESPACE {tablespace}");
        }

        return database;
    }

    /// <summary>Stops in an orderly way, as for an update, and ends every connection.</summary>
    public async Task StopAsync() => await _running!.DisposeAsync();

    /// <summary>Ends without warning.</summary>
    public Task KillAsync() => _running!.KillAsync();

    /// <summary>Starts after a stop or a kill.</summary>
    public async Task StartAgainAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        _running = await EmbeddedPostgres.StartAsync(
            new EmbeddedPostgresOptions { DataDirectory = Path.Combine(_folder, "cluster"), Port = Port, Settings = _settings }, patience.Token);
    }

    /// <summary>Starts a standby with what is there; if it is synchronous, no commit is acknowledged from now on that it does not have.</summary>
    public async Task<PostgresServer> StartStandbyAsync(bool isSynchronous)
    {
        // A copy of a server that does not run is whole.
        await StopAsync();
        var standby = new PostgresServer(Directory.CreateTempSubdirectory("tagsegments_standby_").FullName, new(_settings));
        Copy(Path.Combine(_folder, "cluster"), Path.Combine(standby._folder, "cluster"));
        await File.WriteAllTextAsync(Path.Combine(standby._folder, "cluster", "standby.signal"), "");
        standby._settings["primary_conninfo"] =
            $"host=127.0.0.1 port={Port.ToString(CultureInfo.InvariantCulture)} user=postgres application_name={Standby}";
        await StartAgainAsync();
        await standby.StartAgainAsync();
        if (isSynchronous)
        {
            await ExecuteAsync($"ALTER SYSTEM SET synchronous_standby_names = '{Standby}'");
            await ExecuteAsync("SELECT pg_reload_conf()");
            await Eventually.ReadAsync(
                () => ScalarAsync<long>("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"), count => count == 1, "the standby to be synchronous");
        }

        return standby;
    }

    /// <summary>Makes a standby the primary, on a timeline of its own; it waits for no standby.</summary>
    public async Task PromoteAsync()
    {
        await ScalarAsync<bool>("SELECT pg_promote()");
        await Eventually.ReadAsync(() => ScalarAsync<bool>("SELECT pg_is_in_recovery()"), isStandby => !isStandby, "the standby to be the primary");
    }

    /// <summary>Reads a value as the owner.</summary>
    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection($"{OwnerConnectionString};Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Runs a statement as the owner.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection($"{OwnerConnectionString};Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _running!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(to, File.GetUnixFileMode(from));
        }

        UnprivilegedUser.TakeOwnership(to);
        foreach (var folder in Directory.GetDirectories(from))
        {
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        }

        foreach (var file in Directory.GetFiles(from))
        {
            var copy = Path.Combine(to, Path.GetFileName(file));
            File.Copy(file, copy);
            UnprivilegedUser.TakeOwnership(copy);
        }
    }
}
