using Google.Protobuf.WellKnownTypes;
using TagSegments.Segments.Index;
using TagSegments.Segments.Past;

namespace TagSegments.Segments.Evaluation;

/// <summary>Opens moments of accounts: now, or an instant of the past.</summary>
internal sealed class Moments(AccountIndexes indexes, PastHistory history, TimeProvider time)
{
    /// <summary>Opens a moment; null is now. Its state has the tags named besides the loaded ones.</summary>
    public async Task<Moment> OpenAsync(int accountId, Timestamp? asOf, IReadOnlyCollection<int> tagIds, CancellationToken ct)
    {
        if (asOf is not null)
        {
            return await OpenPastAsync(accountId, history.Read(asOf), tagIds, ct);
        }

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
