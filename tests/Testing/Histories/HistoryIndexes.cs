using TagSegments.Segments.Index;
using TagSegments.ServiceDefaults.Data;
using TagSegments.ServiceDefaults.Memory;

namespace TagSegments.Testing.Histories;

/// <summary>
/// The indexes of a replica, in which something can happen between the two reads of a load: between Redis and the snapshot as the protocol
/// has it, or, as a wrong variant, between the snapshot and Redis.
/// </summary>
internal sealed class HistoryIndexes(
    AccountDatabase db, ClockReader clocks, TagEntryCache cache, TagLoader loader, IndexMetrics metrics, MemoryBudget memory, bool readsRedisLate)
    : AccountIndexes(db, clocks, cache, loader, metrics, memory)
{
    private readonly AccountDatabase _db = db;
    private readonly TagEntryCache _cache = cache;
    private Func<Task>? _interruption;
    private (TaskCompletionSource IsOpen, Task Release)? _held;

    /// <summary>Lets something happen, once, in the next load.</summary>
    public void Interrupt(Func<Task> interruption) => _interruption = interruption;

    /// <summary>Holds back the next snapshot when it is open, until <paramref name="release"/> completes; the task returned tells that it is.</summary>
    public Task HoldSnapshot(Task release)
    {
        _held = (new TaskCompletionSource(), release);
        return _held.Value.IsOpen.Task;
    }

    protected override async Task<(Snapshot Snapshot, IReadOnlyDictionary<int, TagEntry> Entries)> BeginAsync(
        int accountId, IReadOnlyCollection<int> tagIds, CancellationToken ct)
    {
        var interruption = Interlocked.Exchange(ref _interruption, null) ?? (() => Task.CompletedTask);
        if (readsRedisLate)
        {
            var early = await Snapshot.OpenAsync(_db, accountId, ct);
            await interruption();
            return (early, await _cache.ReadAsync(accountId, tagIds, ct));
        }

        var entries = await _cache.ReadAsync(accountId, tagIds, ct);
        await interruption();
        var snapshot = await Snapshot.OpenAsync(_db, accountId, ct);
        if (_held is { } held)
        {
            _held = null;
            held.IsOpen.SetResult();
            await held.Release;
        }

        return (snapshot, entries);
    }
}
