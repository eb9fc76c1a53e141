using System.Text.Json;
using System.Text.RegularExpressions;
using TagSegments.Embedded.Postgres;
using TagSegments.Testing;

namespace TagSegments.Chaos.Dashboards;

/// <summary>
/// Asks a real Prometheus, which scrapes a running Standalone, every query of the dashboard and every expression of the rules, without its
/// threshold: each must return a number. The same query of a metric that does not exist must not.
/// </summary>
internal static partial class DashboardQueries
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(150);
    private static readonly string s_folder = Path.Combine(Repository.Root, "k8s", "observability");

    public static async Task<ChaosReport> RunAsync(ChaosOptions options)
    {
        using var patience = new CancellationTokenSource(s_patience);
        var ct = patience.Token;
        var report = new ChaosReport("dashboards", options);
        var rules = Path.Combine(s_folder, "rules.yaml");
        var check = ChildProcess.Start(["promtool", "check", "rules", rules], new Dictionary<string, string>());
        await check.Exited.WaitAsync(ct);
        report.MustBeZero("promtool refuses the rules", check.ExitCode, [check.RecentOutput]);

        await using var standalone = new StandaloneServer();
        await standalone.WaitUntilServingAsync(ct);
        await using var prometheus = new PrometheusServer(standalone.Management, rules);
        await prometheus.WaitUntilServingAsync(ct);
        await standalone.WaitForDemoAsync(ct);
        await standalone.ChangeTagsAsync(ct);
        await AskAsync(prometheus, report, options, ct);
        return report;
    }

    private static async Task AskAsync(PrometheusServer prometheus, ChaosReport report, ChaosOptions options, CancellationToken ct)
    {
        var loaded = await prometheus.RulesAsync(ct);
        var queries = loaded.Select(rule => (rule.Name, Query: Threshold().Replace(rule.Query, ""))).Concat(OfDashboard()).ToList();
        if (options.Mutant is not null)
        {
            queries[0] = ("mutant", Misspelt(queries[0].Query));
        }

        var (empty, wrong) = (new List<string>(), new List<string>());
        foreach (var (name, query) in queries)
        {
            empty.AddRange(await prometheus.CountAsync(query, ct) is > 0 ? [] : [$"{name}: {query}"]);
            wrong.AddRange(await prometheus.CountAsync(Misspelt(query), ct) is 0 ? [] : [$"{name}: {Misspelt(query)}"]);
        }

        report.Tell("rules", loaded.Count);
        report.Tell("queries", queries.Count);
        report.MustBeZero("rules that fail", loaded.Count(rule => rule.Error.Length > 0), loaded.Select(rule => $"{rule.Name}: {rule.Error}"));
        report.MustBeZero("rules without a threshold", loaded.Count(rule => !Threshold().IsMatch(rule.Query)), []);
        report.MustBeZero("queries without data", empty.Count, empty);
        report.MustBeZero("misspelt queries with data", wrong.Count, wrong);
        var exemplars = await prometheus.ExemplarsAsync("rpc_server_call_duration_seconds_bucket", ct);
        report.Tell("exemplars", exemplars);
        report.MustBeZero("histograms without exemplars", exemplars > 0 ? 0 : 1, []);
    }

    private static IEnumerable<(string Name, string Query)> OfDashboard()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_folder, "dashboard.json")));
        return
        [
            .. from panel in dashboard.RootElement.GetProperty("panels").EnumerateArray()
               where panel.GetProperty("type").GetString() != "row"
               from target in panel.GetProperty("targets").EnumerateArray()
               select (panel.GetProperty("title").GetString()!, target.GetProperty("expr").GetString()!),
        ];
    }

    // Its metrics do not exist.
    private static string Misspelt(string query) => Metric().Replace(query, metric => $"no_{metric.Value}");

    [GeneratedRegex(@"\s*(>=?|<=?|==|!=)\s*[0-9.e+-]+\s*$", RegexOptions.NonBacktracking)]
    private static partial Regex Threshold();

    [GeneratedRegex(@"\b(up|(rpc|tagsegments|segments|campaigns|workflows|work|tags|db|memory|dotnet)_[a-z_]+)(\{|\[|\)|$)", RegexOptions.NonBacktracking)]
    private static partial Regex Metric();
}
