using System.Globalization;
using Crm.Tags.V1;
using Grpc.Net.Client;
using TagSegments.Embedded;
using TagSegments.Embedded.Postgres;
using TagSegments.Testing;

namespace TagSegments.Chaos.Dashboards;

/// <summary>The program Standalone with its demo, on ports and data of its own. It writes its traces to a file.</summary>
internal sealed class StandaloneServer : IAsyncDisposable
{
    private const int Changes = 12;
    private const string Done = "checks passed";
    private readonly ChildProcess _process;
    private readonly int _tags;
    private readonly string _folder = Directory.CreateTempSubdirectory("tagsegments_dashboards_").FullName;

    public StandaloneServer()
    {
        string[] names = ["--tags-port", "--segments-port", "--campaigns-port", "--workflows-port", "--http-port", "--smtp-port", "--management-port"];
        var ports = FreePorts.Next(names.Length);
        (_tags, Management) = (ports[0], ports[^1]);
        // Beside this program, which is in tests/Chaos/bin/Release/net10.0.
        var build = Path.GetRelativePath(Path.Combine(Repository.Root, "tests", "Chaos"), AppContext.BaseDirectory);
        string[] command =
        [
            "dotnet", Path.Combine(Repository.Root, "services", "Standalone", build, "TagSegments.Standalone.dll"),
            "--data", Path.Combine(_folder, "data"), "--demo-contacts", "2000",
            .. names.Zip(ports, (name, port) => new[] { name, port.ToString(CultureInfo.InvariantCulture) }).SelectMany(pair => pair),
        ];
        _process = ChildProcess.Start(command, new Dictionary<string, string> { ["Telemetry__TraceFile"] = Path.Combine(_folder, "traces.jsonl") });
    }

    /// <summary>The port with the metrics.</summary>
    public int Management { get; }

    /// <summary>Waits until it serves.</summary>
    public async Task WaitUntilServingAsync(CancellationToken ct)
    {
        using var client = new HttpClient();
        while (!await IsReadyAsync(client, ct))
        {
            await WaitABitAsync(ct);
        }
    }

    /// <summary>Waits until the demo has ended.</summary>
    public async Task WaitForDemoAsync(CancellationToken ct)
    {
        while (!_process.RecentOutput.Contains(Done, StringComparison.Ordinal))
        {
            await WaitABitAsync(ct);
        }
    }

    /// <summary>
    /// Changes a tag of some contacts, one after the other: a rate is a number only if something happened after the first scrape of its metric.
    /// </summary>
    public async Task ChangeTagsAsync(CancellationToken ct)
    {
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{_tags}");
        var tags = new TagService.TagServiceClient(channel);
        for (var contactId = 1; contactId <= Changes; contactId++)
        {
            await tags.AddTagsAsync(new() { Account = "demo", ContactId = contactId, TagNames = { "Seen" }, CreateMissing = true }, cancellationToken: ct);
            await Task.Delay(TimeSpan.FromSeconds(0.5), ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Interrupt();
        await _process.Exited;
        Directory.Delete(_folder, recursive: true);
    }

    private async Task WaitABitAsync(CancellationToken ct)
    {
        if (_process.Exited.IsCompleted)
        {
            throw new InvalidOperationException($"Standalone ended by itself:\n{_process.RecentOutput}");
        }

        await Task.Delay(100, ct);
    }

    private async Task<bool> IsReadyAsync(HttpClient client, CancellationToken ct)
    {
        try
        {
            using var answer = await client.GetAsync($"http://127.0.0.1:{Management}/readyz", ct);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
