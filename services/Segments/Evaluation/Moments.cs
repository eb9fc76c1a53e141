using Google.Protobuf.WellKnownTypes;
using TagSegments.Segments.Index;
using TagSegments.Segments.Past;

namespace TagSegments.Segments.Evaluation;

/// <summary>Opens moments of accounts: now, or an instant of the past.</summary>
/// <param name="turns">Shares the work of PostgreSQL between accounts.</param>
/// <param name="callers">Knows whether an account has PostgreSQL for itself.</param>
internal sealed class Moments(AccountIndexes indexes, PastHistory history, FairQueue turns, RecentCallers callers, TimeProvider time)
{
    /// <summary>
    /// Opens a moment when it is the account's turn; null is now. Its state has the tags named besides the loaded ones. Until it is disposed, it
    /// takes one of the slots of all accounts, so nobody opens a second one meanwhile.
    /// </summary>
    public async Task<Moment> OpenAsync(AccountInfo account, Timestamp? asOf, IReadOnlyCollection<int> tagIds, CancellationToken ct)
    {
        var turn = await turns.EnterAsync(account, ct);
        try
        {
            var moment = asOf is null ? await OpenNowAsync(account.Id, tagIds, ct) : await OpenPastAsync(account.Id, history.Read(asOf), tagIds, ct);
            await LeaveRoomAsync(moment, ct);
            return moment with { Turn = turn };
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the account's turn, for work without a moment.</summary>
    public Task<IDisposable> EnterAsync(AccountInfo account, CancellationToken ct) => turns.EnterAsync(account, ct);

    /// <summary>Opens the present for a look at few contacts, without waiting for a turn.</summary>
    public Task<Moment> OpenBrieflyAsync(int accountId, CancellationToken ct) => OpenNowAsync(accountId, [], ct);

    // An account that has PostgreSQL for itself may use all its processors.
    private async Task LeaveRoomAsync(Moment moment, CancellationToken ct)
    {
        try
        {
            await (callers.AreOthers(moment.Snapshot.AccountId) ? moment.Snapshot.UseOneProcessorAsync(ct) : Task.CompletedTask);
        }
        catch
        {
            await moment.DisposeAsync();
            throw;
        }
    }

    private async Task<Moment> OpenNowAsync(int accountId, IReadOnlyCollection<int> tagIds, CancellationToken ct)
    {
        // Now is read after the state: activity that was recorded while the call was under way is then not in the future.
        var (snapshot, state) = await indexes.OpenAsync(accountId, tagIds, ct);
        return new Moment(snapshot, state, state, state.ContextAt(time.GetUtcNow(), state.Clocks));
    }

    // Callers use the names of today; filters are checked against the things that existed then.
    private async Task<Moment> OpenPastAsync(int accountId, DateTime at, IReadOnlyCollection<int> tagIds, CancellationToken ct)
    {
        var (snapshot, state) = await indexes.OpenAsync(accountId, [], ct);
        try
        {
            var past = await history.FindAsync(snapshot, at, ct);
            var (today, then) = await history.LoadAsync(snapshot, state, past, tagIds, ct);
            return new Moment(snapshot, today, then, then.ContextAt(at) with { Sources = PastSources.At(past) });
        }
        catch
        {
            await snapshot.DisposeAsync();
            throw;
        }
    }
}
