using System.Diagnostics;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Work;

/// <summary>Runs background work piece by piece: each in a turn of its account, and then it gives way to calls.</summary>
public sealed class BackgroundTurns(FairQueue turns, BackgroundPace pace)
{
    /// <summary>Runs the next piece of work that was admitted already.</summary>
    public async Task<T> RunAsync<T>(AccountInfo account, Func<Task<T>> piece, CancellationToken ct)
    {
        T result;
        TimeSpan worked;
        using (await turns.ContinueAsync(account, ct))
        {
            var begun = Stopwatch.GetTimestamp();
            result = await piece();
            worked = Stopwatch.GetElapsedTime(begun);
        }

        await pace.RestAsync(account.Id, worked, ct);
        return result;
    }
}
