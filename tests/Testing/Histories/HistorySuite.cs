namespace TagSegments.Testing.Histories;

/// <summary>Plays many histories, several at a time, while servers are killed now and then; and shows that they would notice a wrong protocol.</summary>
internal static class HistorySuite
{
    private const int AtATime = 4;
    private const int MostPerMutant = 400;

    /// <summary>Plays histories of a protocol, from a seed on.</summary>
    public static async Task<HistoryTally> PlayAsync(HistoryRig rig, Protocol protocol, int histories, int seed)
    {
        var tally = new HistoryTally();
        await Parallel.ForAsync(0, histories, new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (i, _) =>
        {
            var history = History.PlayAsync(rig, protocol, tally, seed + i);
            await HurtServersAsync(rig.Servers, i, tally);
            await history;
        });
        return tally;
    }

    /// <summary>Plays histories of a wrong protocol until one shows it; returns how many it took, or null if none did.</summary>
    public static async Task<int?> CatchAsync(HistoryRig rig, Protocol mutant, int seed)
    {
        var tally = new HistoryTally();
        for (var i = 0; i < MostPerMutant; i += AtATime)
        {
            await Parallel.ForAsync(i, i + AtATime, async (history, _) => await History.PlayAsync(rig, mutant, tally, seed + history));
            if (!tally.Wrong.IsEmpty)
            {
                return tally.Histories;
            }
        }

        return null;
    }

    private static async Task HurtServersAsync(HistoryServers servers, int history, HistoryTally tally)
    {
        if (history % 100 == 50)
        {
            await servers.KillPostgresAsync();
            tally.AddFault("PostgreSQL killed");
        }
        else if (history % 20 == 5)
        {
            await servers.Redis.KillAsync();
            tally.AddFault("Redis killed");
        }
        else if (history % 20 == 15)
        {
            await servers.Redis.PauseAsync(TimeSpan.FromMilliseconds(100));
            tally.AddFault("Redis paused");
        }
    }
}
