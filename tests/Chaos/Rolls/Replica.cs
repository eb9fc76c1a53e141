using System.Globalization;
using System.Net;
using TagSegments.Chaos.Rig;
using TagSegments.Testing;

namespace TagSegments.Chaos.Rolls;

/// <summary>One replica of a service, a process at an address of its own as a pod is.</summary>
internal sealed class Replica : IDisposable
{
    private const int Sigterm = 15, Stop = 19, Continue = 18;
    private static readonly HttpClient s_http = new() { Timeout = TimeSpan.FromSeconds(3) };
    private readonly ServiceProcess _process;
    private readonly Uri _management;

    /// <summary>Starts it; <paramref name="ports"/> are those for calls, HTTP and operators, the same for every replica of a service.</summary>
    public Replica(Target service, int number, int slot, ServiceLaunch launch, int[] ports)
    {
        (Service, Slot, Port) = (service, slot, ports[0]);
        Address = new IPAddress([127, 0, (byte)(10 + service), (byte)number]);
        _management = new Uri($"http://{Address}:{Number(ports[2])}");
        var addresses = new[] { "Grpc", "Http", "Management" }.Zip(ports, (name, port) => ($"{name}__Address", $"http://{Address}:{Number(port)}"));
        _process = new ServiceProcess(service.ToString(), Port, (launch with { Environment = addresses.ToDictionary() }).Over(launch.Environment), Address.ToString());
        _process.Start();
    }

    /// <summary>The service.</summary>
    public Target Service { get; }

    /// <summary>The number of its volume, which the replica that replaces it takes over.</summary>
    public int Slot { get; }

    /// <summary>The address at which only this replica listens.</summary>
    public IPAddress Address { get; }

    /// <summary>The port for calls.</summary>
    public int Port { get; }

    /// <summary>What the process wrote last.</summary>
    public string RecentOutput => _process.RecentOutput;

    /// <summary>Waits until it says that it is ready, as the probe of its pod does.</summary>
    public async Task WaitUntilReadyAsync(CancellationToken ct)
    {
        while (!await IsReadyAsync(ct))
        {
            if (_process.HasEnded)
                throw new InvalidOperationException($"{Service} ended by itself:\n{RecentOutput}");

            await Task.Delay(50, ct);
        }
    }

    /// <summary>The number of calls that it has answered.</summary>
    public async Task<int> AnsweredAsync()
    {
        var metrics = await s_http.GetStringAsync(new Uri(_management, "/metrics"));
        return metrics.Split('\n')
            .Where(line => line.StartsWith("rpc_server_call_duration_seconds_count", StringComparison.Ordinal))
            .Sum(line => int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Stops the process where it is for a while.</summary>
    public async Task FreezeAsync(TimeSpan duration)
    {
        _process.Signal(Stop);
        await Task.Delay(duration);
        _process.Signal(Continue);
    }

    /// <summary>Asks it to end and returns how long that took; null if it did not end in time and was killed.</summary>
    public async Task<TimeSpan?> TerminateAsync(TimeSpan grace)
    {
        var asked = System.Diagnostics.Stopwatch.StartNew();
        _process.Signal(Sigterm);
        if (await Task.WhenAny(_process.Exited, Task.Delay(grace)) == _process.Exited)
            return asked.Elapsed;

        await _process.KillAsync();
        return null;
    }

    /// <summary>Kills it.</summary>
    public Task KillAsync() => _process.KillAsync();

    public void Dispose() => _process.Dispose();

    private async Task<bool> IsReadyAsync(CancellationToken ct)
    {
        try
        {
            using var reply = await s_http.GetAsync(new Uri(_management, "/readyz"), ct);
            return reply.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            return false;
        }
    }

    private static string Number(int port) => port.ToString(CultureInfo.InvariantCulture);
}
