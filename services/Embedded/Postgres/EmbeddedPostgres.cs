using System.Diagnostics;
using Npgsql;

namespace TagSegments.Embedded.Postgres;

/// <summary>A private PostgreSQL server on loopback that ends with this process; its data stays.</summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private static readonly TimeSpan s_retryFor = TimeSpan.FromSeconds(20);

    private readonly ChildProcess _process;
    private readonly PostgresCluster _cluster;

    private EmbeddedPostgres(ChildProcess process, PostgresCluster cluster, int port)
    {
        _process = process;
        _cluster = cluster;
        Port = port;
    }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The process id of the server's first process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Completes when the server has ended for any reason.</summary>
    public Task Exited => _process.Exited;

    /// <summary>The last lines that the server wrote.</summary>
    public string RecentOutput => _process.RecentOutput;

    /// <summary>Starts the server and waits until it answers; creates the cluster if the folder has none.</summary>
    public static async Task<EmbeddedPostgres> StartAsync(EmbeddedPostgresOptions options, CancellationToken ct = default)
    {
        var cluster = await PostgresCluster.OpenAsync(options, ct);
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var port = cluster.ChoosePort(options.Port);
            var server = new EmbeddedPostgres(cluster.StartServer(options, port), cluster, port);
            try
            {
                await server.WaitUntilAcceptingAsync(ct);
                if (options.RequirePassword && cluster.Passwords.TrustsEverybody)
                    await server.BeginToRequirePasswordAsync(ct);
                cluster.RememberPort(port);
                return server;
            }
            catch (EmbeddedServerException) when (IsPassing(server.RecentOutput, options) && waited.Elapsed < s_retryFor)
            {
                await Task.Delay(200, ct);
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>The owner's connection string to a database of this server.</summary>
    public string ConnectionString(string database = "postgres") =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = Port,
            Username = "postgres",
            Password = _cluster.Passwords.Current,
            Database = database,
        }.ConnectionString;

    /// <summary>Ends the server as a power cut would: without a shutdown, with recovery at the next start.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.Exited;
    }

    /// <summary>Stops the server in an orderly way: open transactions are rolled back, everything committed is on disk.</summary>
    public async ValueTask DisposeAsync()
    {
        await _cluster.StopServerAsync(_process);
        GC.SuppressFinalize(this);
    }

    // The processes of a killed server may hold its memory for a moment, and another program may take a free port meanwhile.
    private static bool IsPassing(string output, EmbeddedPostgresOptions options) =>
        output.Contains("still in use", StringComparison.Ordinal) ||
        (options.Port == 0 && output.Contains("could not bind", StringComparison.Ordinal));

    // A cluster of an earlier version has no password yet.
    private async Task BeginToRequirePasswordAsync(CancellationToken ct)
    {
        var password = _cluster.Passwords.Current ?? _cluster.Passwords.Create();
        await using (var connection = new NpgsqlConnection(ConnectionString() + ";Pooling=false"))
        {
            await connection.OpenAsync(ct);
            // The password has only hexadecimal digits.
            await using var alter = new NpgsqlCommand($"ALTER ROLE postgres PASSWORD '{password}'", connection);
            await alter.ExecuteNonQueryAsync(ct);
            _cluster.Passwords.Require();
            await using var reload = new NpgsqlCommand("SELECT pg_reload_conf()", connection);
            await reload.ExecuteNonQueryAsync(ct);
        }
    }

    private async Task WaitUntilAcceptingAsync(CancellationToken ct)
    {
        var connectionString = ConnectionString() + ";Pooling=false;Timeout=5";
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            if (_process.Exited.IsCompleted)
                throw new EmbeddedServerException($"PostgreSQL ended while starting in {_cluster.DataDirectory} on port {Port}:\n{RecentOutput}");

            try
            {
                await using var connection = new NpgsqlConnection(connectionString);
                await connection.OpenAsync(ct);
                return;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidPassword)
            {
                throw new EmbeddedServerException($"The password in {_cluster.Passwords.File} is not that of the cluster.", e);
            }
            catch (NpgsqlException)
            {
                // Not listening yet, or still recovering.
                await Task.Delay(25, ct);
            }
        }
    }
}
