using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Work;

/// <summary>Runs background work piece by piece: each in a turn of its account, and so that it gives way to calls.</summary>
public sealed class BackgroundTurns(FairQueue turns, BackgroundPace pace)
{
    /// <summary>Whether background work of an account has to give way to calls at the moment. Small pieces hold up calls less.</summary>
    public bool GivesWay(AccountInfo account) => pace.GivesWay(account.Id);

    /// <summary>Runs the next piece of work that was admitted already.</summary>
    public Task<T> RunAsync<T>(AccountInfo account, Func<Task<T>> piece, CancellationToken ct) =>
        pace.RunAsync(account.Id, () => RunInTurnAsync(account, piece, ct), ct);

    private async Task<T> RunInTurnAsync<T>(AccountInfo account, Func<Task<T>> piece, CancellationToken ct)
    {
        using var turn = await turns.ContinueAsync(account, ct);
        return await piece();
    }
}
