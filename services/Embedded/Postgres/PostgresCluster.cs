using System.Diagnostics;
using System.Globalization;

namespace TagSegments.Embedded.Postgres;

/// <summary>A data folder of PostgreSQL with the programs that fit it.</summary>
internal sealed class PostgresCluster
{
    private readonly string _bin;

    private PostgresCluster(string dataDirectory, string bin)
    {
        DataDirectory = dataDirectory;
        Passwords = new(dataDirectory);
        _bin = bin;
    }

    public string DataDirectory { get; }

    /// <summary>The password of the cluster's owner.</summary>
    public ClusterPassword Passwords { get; }

    private string PortFile => Path.Combine(DataDirectory, "tagsegments.port");

    /// <summary>Prepares the folder for a start: creates it if it is missing, and makes sure that no other server uses it.</summary>
    public static async Task<PostgresCluster> OpenAsync(EmbeddedPostgresOptions options, CancellationToken ct)
    {
        var data = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.DataDirectory));
        var versionFile = Path.Combine(data, "PG_VERSION");
        var major = File.Exists(versionFile) ? int.Parse(await File.ReadAllTextAsync(versionFile, ct), CultureInfo.InvariantCulture) : (int?)null;
        var cluster = new PostgresCluster(data, await PostgresBinaries.FindAsync(options, major, ct));
        if (major is null)
            await cluster.CreateAsync(options.RequirePassword, ct);
        else
            await cluster.WaitForFormerServerAsync(ct);
        return cluster;
    }

    public int ChoosePort(int configured)
    {
        if (configured != 0)
        {
            return FreePorts.IsFree(configured)
                ? configured
                : throw new EmbeddedServerException($"Port {configured} for PostgreSQL is taken. Stop what uses it or choose another port.");
        }

        return File.Exists(PortFile) && int.TryParse(File.ReadAllText(PortFile), out var last) && FreePorts.IsFree(last) ? last : FreePorts.Next();
    }

    public void RememberPort(int port) => File.WriteAllText(PortFile, port.ToString(CultureInfo.InvariantCulture));

    public ChildProcess StartServer(EmbeddedPostgresOptions options, int port)
    {
        string[] arguments =
        [
            "-D", DataDirectory, "-p", port.ToString(CultureInfo.InvariantCulture),
            .. options.EffectiveSettings.SelectMany(setting => new[] { "-c", $"{setting.Key}={setting.Value}" }),
        ];
        return ChildProcess.Start(Program("postgres"), arguments, DataDirectory);
    }

    /// <summary>Asks the server for a fast shutdown and waits for its end.</summary>
    public async Task StopServerAsync(ChildProcess server)
    {
        if (OperatingSystem.IsWindows() && !server.Exited.IsCompleted)
            await ChildProcess.RunAsync(Program("pg_ctl"), ["stop", "-D", DataDirectory, "-m", "fast"], DataDirectory, default);
        else
            server.Interrupt();

        try
        {
            await server.Exited.WaitAsync(TimeSpan.FromSeconds(60));
        }
        catch (TimeoutException)
        {
            server.Kill();
            await server.Exited;
        }
    }

    // Created next to its place and then renamed, so that an interrupted initdb leaves nothing that looks like a cluster.
    private async Task CreateAsync(bool requirePassword, CancellationToken ct)
    {
        if (Directory.Exists(DataDirectory) && Directory.EnumerateFileSystemEntries(DataDirectory).Any())
            throw new EmbeddedServerException($"{DataDirectory} is not empty and holds no PostgreSQL cluster. Name another data folder.");

        var fresh = DataDirectory + ".new";
        if (Directory.Exists(fresh))
            Directory.Delete(fresh, recursive: true);
        Directory.CreateDirectory(fresh);
        UnprivilegedUser.TakeOwnership(fresh);

        var passwordFile = $"{fresh}.password";
        if (requirePassword)
            ClusterPassword.Create(passwordFile);

        string[] authentication = requirePassword ? ["-A", "scram-sha-256", $"--pwfile={passwordFile}"] : ["-A", "trust"];
        string[] arguments = ["-D", fresh, "-U", "postgres", .. authentication, "-E", "UTF8", "--locale=C"];
        var initdb = await ChildProcess.RunAsync(Program("initdb"), arguments, fresh, ct);
        if (initdb.ExitCode != 0)
            throw new EmbeddedServerException($"initdb could not create a cluster in {DataDirectory}:\n{initdb.RecentOutput}");

        if (requirePassword)
            File.Move(passwordFile, Path.Combine(fresh, Path.GetFileName(Passwords.File)));
        if (Directory.Exists(DataDirectory))
            Directory.Delete(DataDirectory);
        Directory.Move(fresh, DataDirectory);
    }

    // After a crash, the former owner's server may still be shutting down. PostgreSQL itself handles a lock file whose process is gone. A lock
    // file whose process number now belongs to another program would block it for ever, so it is removed.
    private async Task WaitForFormerServerAsync(CancellationToken ct)
    {
        var lockFile = Path.Combine(DataDirectory, "postmaster.pid");
        for (var attempt = 0; attempt < 100; attempt++)
        {
            if (!File.Exists(lockFile) || !int.TryParse((await File.ReadAllLinesAsync(lockFile, ct)).FirstOrDefault(), out var id) || !IsAlive(id))
                return;

            if (!IsServerOfThisFolder(id))
            {
                File.Delete(lockFile);
                return;
            }

            await Task.Delay(100, ct);
        }

        throw new EmbeddedServerException($"Another PostgreSQL server already uses {DataDirectory} (see {lockFile}). Stop it or name another data folder.");
    }

    private static bool IsAlive(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private bool IsServerOfThisFolder(int id)
    {
        var commandLine = $"/proc/{id}/cmdline";
        if (File.Exists(commandLine))
            return File.ReadAllText(commandLine).Split('\0').Contains(DataDirectory);

        using var process = Process.GetProcessById(id);
        return process.ProcessName.StartsWith("postgres", StringComparison.OrdinalIgnoreCase);
    }

    private string Program(string name) => PostgresBinaries.Program(_bin, name);
}
