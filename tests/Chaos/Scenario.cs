using TagSegments.Chaos.Scenarios;

namespace TagSegments.Chaos;

/// <summary>Something that can be played, and the wrong variants of the product that it must find.</summary>
internal sealed record Scenario(Func<ChaosOptions, Task<ChaosReport>> PlayAsync, MutantSet? Mutants = null)
{
    /// <summary>Plays it, or for the mutant <c>all</c> once with each of them.</summary>
    public Task<ChaosReport> RunAsync(string name, ChaosOptions options) => options.Mutant == "all" && Mutants is not null
        ? Mutants.CatchAllAsync(name, options, PlayAsync)
        : PlayAsync(options);
}
