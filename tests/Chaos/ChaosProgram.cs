namespace TagSegments.Chaos;

/// <summary>Runs one scenario and prints its report: ends with 0 if all promises were kept, 1 if not, 2 for a wrong command line.</summary>
internal static class ChaosProgram
{
    public static async Task<int> RunAsync(string[] args, Dictionary<string, Scenario> scenarios)
    {
        if (args is not [var name, ..] || !scenarios.TryGetValue(name, out var scenario))
        {
            await Console.Error.WriteLineAsync($"""
                Usage: Chaos {string.Join('|', scenarios.Keys)} [--seed S] [--mutant NAME|one|all] [--output json]
                  bulk, campaigns, erasures, workflows  kill processes while they work: [--kills N], 100 by default
                  dashboards                            asks Prometheus every query of k8s/observability; needs prometheus
                  hostile                               sends hostile requests to every call: [--requests N], 100,000 by default
                  index                                 plays histories against an oracle: [--histories N], 10,000 by default
                  roll                                  replaces every replica under load, as Kubernetes does: [--kills 4], one of each service alone; [--old FOLDER], a former version first; [--slack N]
                  soak                                  every fault under every load at once: [--minutes N], 60 by default
                """);
            return 2;
        }

        var report = await scenario.RunAsync(name, ChaosOptions.Parse(args.AsSpan(1)));
        report.Print();
        return report.HasViolations ? 1 : 0;
    }
}
