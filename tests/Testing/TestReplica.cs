using TagSegments.Embedded;

namespace TagSegments.Testing;

/// <summary>Another replica of a service beside that of <see cref="TestApps"/>: a process of its own, which a test can kill.</summary>
public sealed class TestReplica : IAsyncDisposable
{
    private readonly ServiceProcess _process;

    private TestReplica(ServiceProcess process) => _process = process;

    /// <summary>Kills the process as kill -9 does.</summary>
    public Task KillAsync() => _process.KillAsync();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasEnded)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    /// <summary>Starts a replica with the settings of another one, on ports of its own.</summary>
    internal static async Task<TestReplica> StartAsync(Service service, Dictionary<string, string?> settings)
    {
        var ports = FreePorts.Next(3);
        foreach (var (i, listener) in new[] { "Grpc", "Http", "Management" }.Index())
        {
            settings[$"{listener}:Address"] = $"http://127.0.0.1:{ports[i]}";
        }

        var environment = settings.Where(setting => setting.Value is not null)
            .ToDictionary(setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value!);
        var replica = new TestReplica(new ServiceProcess(service.ToString(), ports[0], ServiceLaunch.OfThisBuild.Over(environment)));
        using var patience = new CancellationTokenSource(Eventually.Patience);
        replica._process.Start();
        await replica._process.WaitUntilServingAsync(patience.Token);
        return replica;
    }
}
