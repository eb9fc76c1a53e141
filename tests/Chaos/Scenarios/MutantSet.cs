using Dapper;
using Npgsql;

namespace TagSegments.Chaos.Scenarios;

/// <summary>
/// Wrong variants of a service by name, made by triggers of the database: the database forgets what the variant would forget. The scenario must
/// find each of them; one that it misses shows a gap in the scenario.
/// </summary>
internal sealed class MutantSet(IReadOnlyDictionary<string, string> statements)
{
    private const int MostRounds = 3;

    /// <summary>Makes a mutant; none for null. Throws <see cref="FormatException"/> for an unknown name.</summary>
    public async Task MakeAsync(string connectionString, string? name)
    {
        if (name is null)
        {
            return;
        }

        var sql = statements.TryGetValue(name, out var found)
            ? found
            : throw new FormatException($"There is no mutant {name}; there are {string.Join(", ", statements.Keys)}, and all.");
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.ExecuteAsync(sql);
    }

    /// <summary>
    /// Plays the scenario with each of them; a mutant that breaks no promise has escaped. A few kills may all miss the moments at which it is wrong,
    /// so there are up to three rounds.
    /// </summary>
    public async Task<ChaosReport> CatchAllAsync(string scenario, ChaosOptions options, Func<ChaosOptions, Task<ChaosReport>> play)
    {
        var report = new ChaosReport(scenario, options);
        var escaped = new List<string>();
        foreach (var mutant in statements.Keys)
        {
            var started = TimeProvider.System.GetTimestamp();
            IReadOnlyCollection<string> found = [];
            for (var round = 0; round < MostRounds && found.Count == 0; round++)
            {
                found = (await play(options with { Mutant = mutant, Seed = options.Seed + round })).Broken;
            }

            report.Tell($"caught: {mutant}", $"{string.Join(", ", found)} in {TimeProvider.System.GetElapsedTime(started).TotalSeconds:F0} s");
            escaped.AddRange(found.Count == 0 ? [mutant] : []);
        }

        report.MustBeZero("mutants escaped", escaped.Count, escaped);
        return report;
    }
}
