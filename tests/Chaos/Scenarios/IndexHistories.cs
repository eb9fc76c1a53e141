using TagSegments.Testing.Histories;

namespace TagSegments.Chaos.Scenarios;

/// <summary>
/// Random histories of accounts, evaluated by two replicas while Redis and PostgreSQL fail: no answer may differ from the oracle's. And every
/// wrong protocol must be caught, because histories that miss one prove nothing.
/// </summary>
internal static class IndexHistories
{
    public static async Task<ChaosReport> RunAsync(ChaosOptions options)
    {
        var report = new ChaosReport("index", options);
        await using var rig = await HistoryRig.StartAsync(options.Seed);
        var tally = await HistorySuite.PlayAsync(rig, Protocol.Right, options.Histories, options.Seed);
        report.Tell("histories", tally.Histories);
        report.Tell("evaluations", tally.Evaluations);
        report.Tell("faults", tally.Faults.Values.Sum());
        foreach (var (fault, count) in tally.Faults.OrderBy(fault => fault.Key, StringComparer.Ordinal))
        {
            report.Tell($"fault: {fault}", count);
        }

        report.MustBeZero("wrong", tally.Wrong.Count, tally.Wrong);
        var scarce = await HistorySuite.PlayAsync(rig, Protocol.Right with { IsShortOfMemory = true }, options.Histories / 4, options.Seed);
        report.MustBeZero("wrong with too little memory", scarce.Wrong.Count, scarce.Wrong);

        var escaped = new List<string>();
        foreach (var mutant in Mutants.All)
        {
            if (await HistorySuite.CatchAsync(rig, mutant, options.Seed) is { } histories)
            {
                report.Tell($"caught: {mutant.Name}", $"after {histories} histories");
            }
            else
            {
                escaped.Add(mutant.Name);
            }
        }

        report.Tell("mutants caught", Mutants.All.Count - escaped.Count);
        report.MustBeZero("mutants escaped", escaped.Count, escaped);
        return report;
    }
}
