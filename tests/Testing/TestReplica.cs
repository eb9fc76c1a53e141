using Grpc.Net.Client;
using TagSegments.Embedded;

namespace TagSegments.Testing;

/// <summary>Another replica of a service beside that of <see cref="TestApps"/>: a process of its own, which a test can kill.</summary>
public sealed class TestReplica : IAsyncDisposable
{
    private const int Stop = 19;
    private const int Go = 18;
    private readonly ServiceProcess _process;

    private TestReplica(ServiceProcess process) => _process = process;

    /// <summary>Leads to this replica alone.</summary>
    public GrpcChannel Channel => _process.Channel;

    /// <summary>Kills the process as kill -9 does.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>Stops the process where it is, as a long pause of the machine would.</summary>
    public void Pause() => _process.Signal(Stop);

    /// <summary>Lets it go on.</summary>
    public void Continue() => _process.Signal(Go);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasEnded)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    /// <summary>Starts a replica with the settings of another one, on ports of its own; <paramref name="variables"/> are of its environment.</summary>
    internal static async Task<TestReplica> StartAsync(
        Service service, Dictionary<string, string?> settings, IReadOnlyDictionary<string, string> variables)
    {
        var ports = FreePorts.Next(3);
        foreach (var (i, listener) in new[] { "Grpc", "Http", "Management" }.Index())
        {
            settings[$"{listener}:Address"] = $"http://127.0.0.1:{ports[i]}";
        }

        var environment = settings.Where(setting => setting.Value is not null)
            .Select(setting => KeyValuePair.Create(setting.Key.Replace(":", "__", StringComparison.Ordinal), setting.Value!))
            .Concat(variables)
            .ToDictionary();
        var replica = new TestReplica(new ServiceProcess(service.ToString(), ports[0], ServiceLaunch.OfThisBuild.Over(environment)));
        using var patience = new CancellationTokenSource(Eventually.Patience);
        replica._process.Start();
        await replica._process.WaitUntilServingAsync(patience.Token);
        return replica;
    }
}
