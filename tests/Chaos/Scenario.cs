namespace TagSegments.Chaos;

/// <summary>Something that can be played, and the names of the wrong variants of the product that it must find.</summary>
internal sealed record Scenario(Func<ChaosOptions, Task<ChaosReport>> PlayAsync, IReadOnlyCollection<string>? Mutants = null)
{
    private const int MostRounds = 3;

    /// <summary>Plays it; for the mutant <c>all</c> once with each of them, for <c>one</c> with the one that the seed chooses.</summary>
    public Task<ChaosReport> RunAsync(string name, ChaosOptions options) => (options.Mutant, Mutants) switch
    {
        ("all", not null) => CatchAsync(name, options, Mutants),
        ("one", not null) => CatchAsync(name, options, [Mutants.ElementAt(options.Seed % Mutants.Count)]),
        _ => PlayAsync(options),
    };

    // A mutant that breaks no promise has escaped. A few kills or requests may all miss the moments at which it is wrong, so there are up to three
    // rounds.
    private async Task<ChaosReport> CatchAsync(string name, ChaosOptions options, IReadOnlyCollection<string> mutants)
    {
        var report = new ChaosReport(name, options);
        var escaped = new List<string>();
        foreach (var mutant in mutants)
        {
            var started = TimeProvider.System.GetTimestamp();
            IReadOnlyCollection<string> found = [];
            for (var round = 0; round < MostRounds && found.Count == 0; round++)
            {
                found = (await PlayAsync(options with { Mutant = mutant, Seed = options.Seed + round })).Broken;
            }

            report.Tell($"caught: {mutant}", $"{string.Join(", ", found)} in {TimeProvider.System.GetElapsedTime(started).TotalSeconds:F0} s");
            escaped.AddRange(found.Count == 0 ? [mutant] : []);
        }

        report.MustBeZero("mutants escaped", escaped.Count, escaped);
        return report;
    }
}
