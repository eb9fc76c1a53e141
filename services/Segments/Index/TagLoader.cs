using System.Collections.Immutable;
using TagSegments.Bitmaps;

namespace TagSegments.Segments.Index;

/// <summary>
/// Brings tags to the moment of a snapshot: those in memory and in Redis by the change log, all others from their chunks. A kept tag is
/// believed only if this database once was at that very position with that very nonce, and the log reaches back to it.
/// </summary>
internal class TagLoader(TagEntryCache cache, IndexMetrics metrics, ILogger<TagLoader> logger)
{
    // Reading a row of the log costs about as much as reading a tenth of a chunk; beyond this, the chunks are cheaper.
    private const int LongestLog = 50_000;

    /// <summary>Brings the tags of <paramref name="state"/> forward and adds the <paramref name="missing"/> ones.</summary>
    public virtual async Task<ImmutableDictionary<int, Bitmap>> LoadAsync(
        AccountState? state,
        Snapshot snapshot,
        IReadOnlyDictionary<int, TagEntry> entries,
        IReadOnlyCollection<int> missing,
        CancellationToken ct)
    {
        // A new account without entries has nothing to ask about.
        var positions = entries.Values.Select(entry => entry.At).ToHashSet();
        if (state is not null)
        {
            positions.Add(state.Clocks.Records);
        }

        var usable = await UsableAsync(snapshot, positions, ct);
        var known = Known(state, snapshot, entries, usable);
        var tags = Keep(state, known);
        var behind = known.Where(tag => tag.Value.Pos < snapshot.Clocks.Records.Pos).ToDictionary();
        if (behind.Count > 0)
        {
            if (await TagStore.CatchUpAsync(snapshot, behind, LongestLog, ct) is { } changed)
            {
                metrics.CatchUps.Add(1);
                tags = tags.SetItems(changed);
            }
            else
            {
                tags = tags.RemoveRange(behind.Keys);
            }
        }

        return await AddMissingAsync(tags, snapshot, entries, missing, ct);
    }

    /// <summary>Decides which of some positions are in the past of this database and still covered by its log.</summary>
    protected virtual async Task<IReadOnlySet<ClockPosition>> UsableAsync(
        Snapshot snapshot, IReadOnlySet<ClockPosition> positions, CancellationToken ct)
    {
        var now = snapshot.Clocks.Records;
        if (positions.All(position => position == now))
        {
            return positions;
        }

        // Position 0 is the beginning of every history.
        var known = await snapshot.KnownAsync(positions, ct);
        known.UnionWith([default, now]);
        return positions.Where(position => position.Pos >= snapshot.Clocks.Floor && known.Contains(position)).ToHashSet();
    }

    private Dictionary<int, KnownTag> Known(
        AccountState? state, Snapshot snapshot, IReadOnlyDictionary<int, TagEntry> entries, IReadOnlySet<ClockPosition> usable)
    {
        var known = entries.Values
            .Where(entry => usable.Contains(entry.At))
            .ToDictionary(entry => entry.TagId, entry => new KnownTag(entry.Contacts, entry.At.Pos));
        if (state is null)
        {
            return known;
        }

        var position = state.Clocks.Records;
        if (!usable.Contains(position))
        {
            metrics.Reloads.Add(1);
            logger.IndexDropped(snapshot.AccountId, position.Pos, snapshot.Clocks.Records.Pos);
            return known;
        }

        foreach (var (tagId, contacts) in state.Tags)
        {
            known[tagId] = new KnownTag(contacts, position.Pos);
        }

        return known;
    }

    // Keeps the dictionary of the state if possible: a catch-up then costs as much as changed, not as much as is loaded.
    private static ImmutableDictionary<int, Bitmap> Keep(AccountState? state, Dictionary<int, KnownTag> known)
    {
        var tags = state?.Tags ?? ImmutableDictionary<int, Bitmap>.Empty;
        return tags.Keys.All(known.ContainsKey)
            ? tags.SetItems(known.Where(tag => !tags.ContainsKey(tag.Key)).Select(tag => KeyValuePair.Create(tag.Key, tag.Value.Contacts)))
            : known.ToImmutableDictionary(tag => tag.Key, tag => tag.Value.Contacts);
    }

    private async Task<ImmutableDictionary<int, Bitmap>> AddMissingAsync(
        ImmutableDictionary<int, Bitmap> tags,
        Snapshot snapshot,
        IReadOnlyDictionary<int, TagEntry> entries,
        IReadOnlyCollection<int> missing,
        CancellationToken ct)
    {
        var absent = missing.Where(tagId => !tags.ContainsKey(tagId)).ToList();
        metrics.RedisHits.Add(missing.Count - absent.Count);
        metrics.RedisMisses.Add(absent.Count);
        if (absent.Count > 0)
        {
            tags = tags.SetItems(await TagStore.LoadAsync(snapshot, absent, ct));
        }

        // Redis now gets the tags that it lacked or had at an older position.
        var now = snapshot.Clocks.Records;
        foreach (var tagId in missing.Where(tagId => !entries.TryGetValue(tagId, out var entry) || entry.At != now))
        {
            cache.Write(new TagEntry(snapshot.AccountId, tagId, now, tags[tagId]));
        }

        return tags;
    }
}
