using System.Globalization;
using System.Text.Json;
using TagSegments.Embedded;
using TagSegments.Embedded.Postgres;

namespace TagSegments.Chaos.Dashboards;

/// <summary>A real Prometheus that scrapes one target every second and has loaded the rules.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tagsegments_prometheus_").FullName;
    private readonly int _port = FreePorts.Next();
    private readonly HttpClient _client = new();
    private readonly ChildProcess _process;

    public PrometheusServer(int target, string rules)
    {
        var configuration = Path.Combine(_folder, "prometheus.yaml");
        File.WriteAllText(configuration, $"""
            global:
              scrape_interval: 1s
              evaluation_interval: 5s
            rule_files: [{rules}]
            scrape_configs:
              - job_name: tagsegments
                static_configs:
                  - targets: ["127.0.0.1:{target}"]
            """);
        _process = ChildProcess.Start(
            [
                "prometheus", $"--config.file={configuration}", $"--storage.tsdb.path={_folder}/data", $"--web.listen-address=127.0.0.1:{_port}",
                "--enable-feature=exemplar-storage", "--log.level=error",
            ],
            new Dictionary<string, string>());
    }

    /// <summary>Waits until it serves.</summary>
    public async Task WaitUntilServingAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                using var answer = await _client.GetAsync(Address("-/ready"), ct);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!_process.Exited.IsCompleted)
            {
                // Not listening yet.
            }

            await Task.Delay(100, ct);
        }
    }

    /// <summary>The rules as Prometheus has read them: the name, the expression, and the error of the last evaluation.</summary>
    public async Task<IReadOnlyList<(string Name, string Query, string Error)>> RulesAsync(CancellationToken ct)
    {
        using var answer = await GetAsync("api/v1/rules", ct);
        return
        [
            .. from grouped in Data(answer).GetProperty("groups").EnumerateArray()
               from rule in grouped.GetProperty("rules").EnumerateArray()
               select (rule.GetProperty("name").GetString()!, rule.GetProperty("query").GetString()!, rule.TryGetProperty("lastError", out var error) ? error.GetString()! : ""),
        ];
    }

    /// <summary>How many series a query returns that have a number; null if it is no query.</summary>
    public async Task<int?> CountAsync(string query, CancellationToken ct)
    {
        using var answer = await GetAsync($"api/v1/query?query={Uri.EscapeDataString(query)}", ct);
        return IsSuccess(answer) ? Data(answer).GetProperty("result").EnumerateArray().Count(series => series.GetProperty("value")[1].GetString() != "NaN") : null;
    }

    /// <summary>How many exemplars the series of a query have.</summary>
    public async Task<int> ExemplarsAsync(string query, CancellationToken ct)
    {
        var end = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var range = string.Create(CultureInfo.InvariantCulture, $"start={end - 600}&end={end + 60}");
        using var answer = await GetAsync($"api/v1/query_exemplars?query={Uri.EscapeDataString(query)}&{range}", ct);
        return Data(answer).EnumerateArray().Sum(series => series.GetProperty("exemplars").GetArrayLength());
    }

    public async ValueTask DisposeAsync()
    {
        _process.Interrupt();
        await _process.Exited;
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Address(string path) => $"http://127.0.0.1:{_port}/{path}";

    private async Task<JsonDocument> GetAsync(string path, CancellationToken ct)
    {
        using var answer = await _client.GetAsync(Address(path), ct);
        return await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(ct), cancellationToken: ct);
    }

    private static bool IsSuccess(JsonDocument answer) => answer.RootElement.GetProperty("status").GetString() == "success";

    private static JsonElement Data(JsonDocument answer) => answer.RootElement.GetProperty("data");
}
