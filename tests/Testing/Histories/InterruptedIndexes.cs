using Npgsql;
using TagSegments.Segments.Index;

namespace TagSegments.Testing.Histories;

/// <summary>
/// Lets something happen once between the two reads of the first load of a certain tag: between Redis and the snapshot as the protocol has
/// it, or, as a wrong variant, between the snapshot and Redis.
/// </summary>
internal sealed class InterruptedIndexes(
    NpgsqlDataSource db,
    ClockReader clocks,
    TagEntryCache cache,
    TagLoader loader,
    IndexMetrics metrics,
    Func<Task> interruption,
    int tagId,
    bool readsRedisLate)
    : AccountIndexes(db, clocks, cache, loader, metrics)
{
    private readonly NpgsqlDataSource _db = db;
    private readonly TagEntryCache _cache = cache;
    private bool _interrupted;

    protected override async Task<(Snapshot Snapshot, IReadOnlyDictionary<int, TagEntry> Entries)> BeginAsync(
        int accountId, IReadOnlyCollection<int> tagIds, CancellationToken ct)
    {
        if (_interrupted || !tagIds.Contains(tagId))
        {
            return await base.BeginAsync(accountId, tagIds, ct);
        }

        _interrupted = true;
        var snapshot = readsRedisLate ? await Snapshot.OpenAsync(_db, accountId, ct) : null;
        var early = readsRedisLate ? null : await _cache.ReadAsync(accountId, tagIds, ct);
        await interruption();
        return (snapshot ?? await Snapshot.OpenAsync(_db, accountId, ct), early ?? await _cache.ReadAsync(accountId, tagIds, ct));
    }
}
