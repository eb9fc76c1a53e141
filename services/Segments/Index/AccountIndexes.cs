using System.Collections.Immutable;
using System.Diagnostics;
using Npgsql;
using TagSegments.Bitmaps;
using TagSegments.Segments.Sql;

namespace TagSegments.Segments.Index;

/// <summary>
/// The states of the accounts in this process, each kept current by the account's clocks. A call gets a state that includes every write
/// acknowledged before the call: either one read of the clocks shows that the state is current, or it is brought forward in a snapshot that
/// was opened after the call arrived.
/// </summary>
// A state may leave the memory while calls use it. Calls that come then load another one in a slot of its own; each slot is right by itself.
internal class AccountIndexes(
    AccountDatabase db, ClockReader clocks, TagEntryCache cache, TagLoader loader, IndexMetrics metrics, MemoryBudget memory)
{
    private readonly AccountCache<int, Slot> _slots = new(memory, "segments.index", (_, slot) => slot.Bytes);

    /// <summary>Gets the current state of an account, and the positions of all its clocks: the state does not depend on the activity clock.</summary>
    public async ValueTask<(AccountState State, AccountClocks Clocks)> CurrentAsync(int accountId, CancellationToken ct)
    {
        var arrival = Stopwatch.GetTimestamp();
        var now = await clocks.ReadAsync(accountId, ct);
        if (SlotOf(accountId).State is { } state && state.IsAt(now))
        {
            metrics.Hits.Add(1);
            return (state, now);
        }

        var loaded = await LoadAsync(accountId, [], arrival, ct);
        return (loaded, loaded.Clocks);
    }

    /// <summary>Gets the current state of an account with the tags that it lacked.</summary>
    public Task<AccountState> LoadAsync(int accountId, IReadOnlyCollection<int> missing, CancellationToken ct) =>
        LoadAsync(accountId, missing, Stopwatch.GetTimestamp(), ct);

    /// <summary>Opens a snapshot and gets the state as of that snapshot, with the tags that it lacked.</summary>
    public async Task<(Snapshot Snapshot, AccountState State)> OpenAsync(int accountId, IReadOnlyCollection<int> missing, CancellationToken ct)
    {
        var slot = SlotOf(accountId);
        await slot.Gate.WaitAsync(ct);
        try
        {
            return await AdvanceAsync(slot, accountId, missing, ct);
        }
        finally
        {
            slot.Gate.Release();
        }
    }

    /// <summary>Reads the entries in Redis, then opens the snapshot: in this order it knows every position that Redis can show.</summary>
    protected virtual async Task<(Snapshot Snapshot, IReadOnlyDictionary<int, TagEntry> Entries)> BeginAsync(
        int accountId, IReadOnlyCollection<int> tagIds, CancellationToken ct)
    {
        var entries = await cache.ReadAsync(accountId, tagIds, ct);
        return (await Snapshot.OpenAsync(db, accountId, ct), entries);
    }

    private async Task<AccountState> LoadAsync(int accountId, IReadOnlyCollection<int> missing, long arrival, CancellationToken ct)
    {
        var slot = SlotOf(accountId);
        await slot.Gate.WaitAsync(ct);
        try
        {
            // While this call waited, another one may have done its work, in a snapshot younger than this call.
            if (slot.State is { } state && slot.VerifiedAt >= arrival && state.Has(missing))
            {
                return state;
            }

            var (snapshot, advanced) = await AdvanceAsync(slot, accountId, missing, ct);
            await snapshot.DisposeAsync();
            return advanced;
        }
        finally
        {
            slot.Gate.Release();
        }
    }

    private async Task<(Snapshot Snapshot, AccountState State)> AdvanceAsync(
        Slot slot, int accountId, IReadOnlyCollection<int> missing, CancellationToken ct)
    {
        var state = slot.State;
        var tags = missing.Append(AccountState.LivingContacts).Where(tagId => state?.Tags.ContainsKey(tagId) != true).ToHashSet();
        var begun = Stopwatch.GetTimestamp();
        var (snapshot, entries) = await BeginAsync(accountId, tags, ct);
        try
        {
            var named = state?.Clocks.HaveSameNames(snapshot.Clocks) == true ? state : await NamesAsync(snapshot, ct);
            state = named with { Clocks = snapshot.Clocks, Tags = await loader.LoadAsync(state, snapshot, entries, tags, ct) };
        }
        catch
        {
            await snapshot.DisposeAsync();
            throw;
        }

        (slot.State, slot.VerifiedAt) = (state, begun);
        _slots.Set(accountId, slot);
        return (snapshot, state);
    }

    // The names of segments are part of the catalog, so every change of a definition changes the names.
    private static async Task<AccountState> NamesAsync(Snapshot snapshot, CancellationToken ct) => new(
        snapshot.Clocks,
        await FilterCatalogStore.LoadAsync(snapshot.Connection, snapshot.AccountId, FilterSources.Present, ct),
        await DefinitionStore.LoadAsync(snapshot, ct),
        await DefinitionStore.LoadSmartListsAsync(snapshot, ct),
        ImmutableDictionary<int, Bitmap>.Empty);

    private Slot SlotOf(int accountId) => _slots.GetOrAdd(accountId, _ => new Slot());

    private sealed class Slot
    {
        private volatile AccountState? _state;
        private long _stateBytes;

        /// <summary>One call at a time brings the account forward.</summary>
        public SemaphoreSlim Gate { get; } = new(1);

        /// <summary>The latest state.</summary>
        public AccountState? State
        {
            get => _state;
            set
            {
                _state = value;
                Volatile.Write(ref _stateBytes, value?.Bytes ?? 0);
            }
        }

        /// <summary>The bytes that it takes in memory, about. Filters are read into a state after it was published.</summary>
        public long Bytes => Volatile.Read(ref _stateBytes) + (_state?.ReadFilters.Bytes ?? 0);

        /// <summary>When the snapshot of the state began, by the process's monotonic clock. Guarded by the gate.</summary>
        public long VerifiedAt { get; set; }
    }
}
