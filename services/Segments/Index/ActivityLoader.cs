using System.Collections.Immutable;
using Kind = Crm.Segments.V1.ActivityClause.Types.Kind;

namespace TagSegments.Segments.Index;

/// <summary>Brings columns of activity to the moment of a snapshot: by the log where it leads there, else by reading them anew when asked for.</summary>
internal static class ActivityLoader
{
    // Looking up this many contacts takes about as long as reading a column of a large account.
    private const int MostChanged = 50_000;

    /// <summary>Brings the columns of <paramref name="state"/> forward and adds the <paramref name="missing"/> ones.</summary>
    public static async Task<ImmutableDictionary<Kind, ActivityColumn>> LoadAsync(
        AccountState? state, Snapshot snapshot, IReadOnlySet<Kind> missing, CancellationToken ct)
    {
        var columns = await CatchUpAsync(state, snapshot, ct);
        foreach (var kind in missing.Where(kind => !columns.ContainsKey(kind)))
        {
            columns = columns.Add(kind, await ActivityStore.LoadAsync(snapshot, kind, ct));
        }

        return columns;
    }

    private static async Task<ImmutableDictionary<Kind, ActivityColumn>> CatchUpAsync(
        AccountState? state, Snapshot snapshot, CancellationToken ct)
    {
        if (state is null || state.Columns.IsEmpty || state.Clocks.Activity == snapshot.Clocks.Activity)
        {
            return state?.Columns ?? ImmutableDictionary<Kind, ActivityColumn>.Empty;
        }

        if (await ActivityStore.ChangedAsync(snapshot, state.Clocks.Activity, MostChanged, ct) is not { } contactIds)
        {
            return ImmutableDictionary<Kind, ActivityColumn>.Empty;
        }

        var columns = state.Columns;
        foreach (var (kind, column) in state.Columns)
        {
            columns = columns.SetItem(kind, await ActivityStore.RefreshAsync(snapshot, kind, column, contactIds, ct));
        }

        return columns;
    }
}
