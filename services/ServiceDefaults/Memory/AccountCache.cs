using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace TagSegments.ServiceDefaults.Memory;

/// <summary>
/// What a process remembers of accounts and can find out again: every such cache takes its bytes from the one budget of the process. An entry
/// can go at any moment, also while a call uses its value: the call continues with the value that it has, and the next one makes a new value.
/// So two values of one key can be in use at the same time, and must not disturb each other.
/// </summary>
/// <param name="budget">The budget of the process.</param>
/// <param name="kind">The name of the cache in metrics.</param>
/// <param name="weigh">The bytes that a key and its value take now, about. It is asked at each use, so it has to be quick.</param>
public sealed class AccountCache<TKey, TValue>(MemoryBudget budget, string kind, Func<TKey, TValue, long> weigh)
    where TKey : notnull
    where TValue : notnull
{
    /// <summary>The bytes of an entry besides its key and value, about.</summary>
    public const long EntryBytes = 250;

    private readonly ConcurrentDictionary<TKey, Entry> _entries = new();

    /// <summary>Gets a value, which counts as a use.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var found = _entries.TryGetValue(key, out var entry);
        value = found ? entry!.Value : default;
        if (found)
        {
            Use(entry!);
        }

        return found;
    }

    /// <summary>Gets a value; makes it if there is none.</summary>
    public TValue GetOrAdd(TKey key, Func<TKey, TValue> create)
    {
        if (TryGet(key, out var known))
        {
            return known;
        }

        var entry = _entries.GetOrAdd(key, new Entry(this, kind, key, create(key)));
        Use(entry);
        return entry.Value;
    }

    /// <summary>Keeps a value in place of an earlier one, or the same value after its weight has changed.</summary>
    public void Set(TKey key, TValue value)
    {
        var entry = new Entry(this, kind, key, value);
        while (!_entries.TryAdd(key, entry))
        {
            if (_entries.TryGetValue(key, out var earlier) && _entries.TryUpdate(key, entry, earlier))
            {
                budget.Drop(earlier);
                break;
            }
        }

        Use(entry);
    }

    /// <summary>Takes a value out of the cache.</summary>
    public bool TryTake(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var found = _entries.TryRemove(key, out var entry);
        value = found ? entry!.Value : default;
        if (found)
        {
            budget.Drop(entry!);
        }

        return found;
    }

    private void Use(Entry entry) => budget.Use(entry, weigh(entry.Key, entry.Value) + EntryBytes);

    private sealed class Entry(AccountCache<TKey, TValue> cache, string kind, TKey key, TValue value) : CacheEntry(kind)
    {
        public TKey Key => key;

        public TValue Value => value;

        public override void LeaveCache() => cache._entries.TryRemove(KeyValuePair.Create(key, this));
    }
}
