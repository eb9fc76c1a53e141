using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using TagSegments.Embedded.Postgres;

namespace TagSegments.Testing;

/// <summary>One service as a process of its own on a port that it keeps over its lives.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private readonly string _name;
    private readonly ServiceLaunch _launch;
    private ChildProcess? _process;

    public ServiceProcess(string name, int port, ServiceLaunch launch, string host = "127.0.0.1")
    {
        _name = name;
        _launch = launch;
        Channel = GrpcChannel.ForAddress($"http://{host}:{port}", new GrpcChannelOptions
        {
            InitialReconnectBackoff = TimeSpan.FromMilliseconds(50),
            MaxReconnectBackoff = TimeSpan.FromMilliseconds(500),
        });
    }

    public GrpcChannel Channel { get; }

    /// <summary>The number of the running process.</summary>
    public int Id => _process!.Id;

    /// <summary>Whether the process has ended, killed or by itself.</summary>
    public bool HasEnded => _process!.Exited.IsCompleted;

    /// <summary>Ends with the process.</summary>
    public Task Exited => _process!.Exited;

    public string RecentOutput => _process?.RecentOutput ?? "";

    /// <summary>Starts the process; it serves some tenths of a second later.</summary>
    public void Start()
    {
        var assembly = Path.Combine(_launch.Folder, $"TagSegments.{_name}.dll");
        string[] command = [.. _launch.Wrapper, "dotnet", assembly];
        // A killed harness takes its services with it.
        _process = ChildProcess.Start(OperatingSystem.IsLinux() ? ["setpriv", "--pdeathsig=KILL", "--", .. command] : command, _launch.Environment);
    }

    public async Task WaitUntilServingAsync(CancellationToken ct)
    {
        var health = new Health.HealthClient(Channel);
        while (true)
        {
            if (HasEnded)
            {
                throw new InvalidOperationException($"{_name} ended by itself:\n{RecentOutput}");
            }

            try
            {
                await health.CheckAsync(new HealthCheckRequest(), deadline: DateTime.UtcNow.AddSeconds(1), cancellationToken: ct);
                return;
            }
            catch (RpcException) when (!ct.IsCancellationRequested)
            {
                // Not listening yet.
                await Task.Delay(20, ct);
            }
        }
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.Exited;
    }

    /// <summary>Sends a signal: 19 stops the process where it is, 18 continues it.</summary>
    public void Signal(int signal) => _process!.Send(signal);

    public void Dispose()
    {
        _process?.Kill();
        Channel.Dispose();
    }
}
