using System.Globalization;
using StackExchange.Redis;
using TagSegments.Embedded.Postgres;
using TagSegments.ServiceDefaults.Network;
using TagSegments.Testing.Tls;

namespace TagSegments.Testing;

/// <summary>A real redis-server that keeps nothing on disk: a kill empties it.</summary>
internal sealed class RedisProcess
{
    /// <summary>Why a test was skipped.</summary>
    public const string Absent = "No redis-server is installed.";

    private const int Stop = 19;
    private const int Go = 18;
    private readonly ChildProcess _process;

    private RedisProcess(ChildProcess process) => _process = process;

    /// <summary>True where it can be started by its name.</summary>
    public static bool IsInstalled { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, "redis-server")));

    /// <summary>The number of the running process.</summary>
    public int Id => _process.Id;

    public static Task<RedisProcess> StartAsync(int port, CancellationToken ct) =>
        StartAsync(["--port", Number(port)], $"127.0.0.1:{Number(port)}", null, ct);

    /// <summary>Starts a server that takes encrypted connections only, with the certificate of an authority, and asks for a password.</summary>
    public static Task<RedisProcess> StartWithTlsAsync(int port, TestAuthority authority, string password, CancellationToken ct)
    {
        var (certificate, key) = authority.Issue();
        string[] tls =
        [
            "--port", "0", "--tls-port", Number(port), "--tls-cert-file", certificate, "--tls-key-file", key,
            "--tls-ca-cert-file", authority.CertificateFile, "--tls-auth-clients", "no", "--requirepass", password,
        ];
        return StartAsync(tls, $"127.0.0.1:{Number(port)},ssl=true,password={password}", authority.CertificateFile, ct);
    }

    /// <summary>Starts a server of a cluster, which keeps in a folder to which cluster it belongs.</summary>
    public static Task<RedisProcess> StartForClusterAsync(int port, int clusterPort, string folder, CancellationToken ct)
    {
        string[] cluster =
        [
            "--port", Number(port), "--cluster-enabled", "yes", "--cluster-port", Number(clusterPort), "--dir", folder,
            "--cluster-config-file", $"{Number(port)}.conf", "--cluster-node-timeout", "1000", "--cluster-require-full-coverage", "no",
        ];
        return StartAsync(cluster, $"127.0.0.1:{Number(port)}", null, ct);
    }

    private static async Task<RedisProcess> StartAsync(string[] arguments, string connectionString, string? authority, CancellationToken ct)
    {
        string[] command = ["redis-server", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", .. arguments];
        var redis = new RedisProcess(ChildProcess.Start(
            OperatingSystem.IsLinux() ? ["setpriv", "--pdeathsig=KILL", "--", .. command] : command, new Dictionary<string, string>()));
        while (!await AnswersAsync(connectionString, authority))
        {
            if (redis._process.Exited.IsCompleted)
            {
                throw new InvalidOperationException($"redis-server ended by itself:\n{redis._process.RecentOutput}");
            }

            await Task.Delay(20, ct);
        }

        return redis;
    }

    /// <summary>Stops it where it is.</summary>
    public void Pause() => _process.Send(Stop);

    /// <summary>Lets it go on.</summary>
    public void Continue() => _process.Send(Go);

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.Exited;
    }

    private static async Task<bool> AnswersAsync(string connectionString, string? authority)
    {
        var options = ConfigurationOptions.Parse($"{connectionString},abortConnect=false,connectTimeout=200");
        options.CertificateValidation += PrivateAuthority.Check(authority);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
        return connection.IsConnected;
    }

    private static string Number(int port) => port.ToString(CultureInfo.InvariantCulture);
}
