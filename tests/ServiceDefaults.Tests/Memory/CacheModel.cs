using TagSegments.ServiceDefaults.Memory;

namespace TagSegments.ServiceDefaults.Tests.Memory;

/// <summary>A value whose weight can change while it is in a cache.</summary>
internal sealed class Weight(string name, long bytes)
{
    public string Name => name;

    public long Bytes { get; set; } = bytes;
}

/// <summary>The same as some caches with one budget, in the plainest form: a list in the order of use.</summary>
internal sealed class CacheModel(long limit, TimeSpan idle)
{
    private readonly List<Entry> _entries = [];

    public IReadOnlyList<Entry> Entries => _entries;

    public long Bytes => _entries.Sum(entry => entry.Bytes);

    public Weight? Get(int cache, int key, TimeSpan now)
    {
        var entry = _entries.Find(entry => (entry.Cache, entry.Key) == (cache, key));
        if (entry is not null)
        {
            Set(cache, key, entry.Value, now);
        }

        return entry?.Value;
    }

    public void Set(int cache, int key, Weight value, TimeSpan now)
    {
        Take(cache, key);
        _entries.Add(new Entry(cache, key, value, value.Bytes + AccountCache<int, Weight>.EntryBytes, now));
        while (Bytes > limit && _entries.Count > 1)
        {
            _entries.RemoveAt(0);
        }
    }

    public Weight? Take(int cache, int key)
    {
        var entry = _entries.Find(entry => (entry.Cache, entry.Key) == (cache, key));
        return entry is not null && _entries.Remove(entry) ? entry.Value : null;
    }

    public void DropIdle(TimeSpan now) => _entries.RemoveAll(entry => now - entry.UsedAt > idle);

    internal sealed record Entry(int Cache, int Key, Weight Value, long Bytes, TimeSpan UsedAt);
}
