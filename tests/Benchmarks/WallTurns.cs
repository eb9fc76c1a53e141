using System.Diagnostics;
using TagSegments.Testing;

namespace TagSegments.Benchmarks;

/// <summary>
/// Measures a call with the wall between accounts and without it, in many short turns. The two differ by less than what a process gains or loses
/// when it moves to another processor, which lasts for seconds: long turns would measure that.
/// </summary>
internal sealed class WallTurns(BenchmarkOptions options, Report report, TestDatabase database)
{
    private const double MostDearer = 1.05;

    // After the wall has changed, PostgreSQL plans a statement this often before it keeps the plan.
    private const int UnmeasuredCalls = 8;
    private const int PairsPerRound = 20;

    /// <summary>Reports what a call costs with the wall; each turn of it makes a number of calls.</summary>
    public async Task CompareAsync(string name, int callsPerTurn, Func<Task> call)
    {
        var (with, without) = (new List<double>(), new List<double>());
        for (var pair = 0; pair < options.Rounds * PairsPerRound; pair++)
        {
            // Neither of them always comes first.
            await TurnAsync(raised: pair % 2 == 0);
            await TurnAsync(raised: pair % 2 == 1);
        }

        await Wall.RaiseAsync(database);
        report.AtMost(name, Interleaved.Median(with), "without the wall", Interleaved.Median(without), "ms", MostDearer);

        async Task TurnAsync(bool raised)
        {
            await (raised ? Wall.RaiseAsync(database) : Wall.LowerAsync(database));
            for (var i = -UnmeasuredCalls; i < callsPerTurn; i++)
            {
                var start = Stopwatch.GetTimestamp();
                await call();
                if (i >= 0)
                {
                    (raised ? with : without).Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
            }
        }
    }
}
