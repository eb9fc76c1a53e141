using System.Diagnostics.Metrics;

namespace TagSegments.ServiceDefaults.Memory;

/// <summary>The metrics of the caches, in the meter <c>TagSegments.Memory</c>, by <c>memory.cache</c>. A process with several budgets adds them up.</summary>
internal static class MemoryMetrics
{
    private static readonly Meter s_meter = new("TagSegments.Memory");

    private static readonly UpDownCounter<long> s_limit = s_meter.CreateUpDownCounter<long>(
        "memory.cache.limit", "By", "The bytes that all caches may take together.");

    private static readonly UpDownCounter<long> s_bytes = s_meter.CreateUpDownCounter<long>(
        "memory.cache.usage", "By", "The bytes that the entries of a cache take, about.");

    private static readonly UpDownCounter<int> s_entries = s_meter.CreateUpDownCounter<int>(
        "memory.cache.entries", "{entry}", "The entries of a cache.");

    private static readonly Counter<long> s_evictions = s_meter.CreateCounter<long>(
        "memory.cache.evictions", "{entry}", "Entries that went because memory was short, or because nobody used them.");

    /// <summary>Adds the limit of a budget.</summary>
    public static void AddLimit(long bytes) => s_limit.Add(bytes);

    /// <summary>Adds to the bytes of a cache.</summary>
    public static void AddBytes(string cache, long bytes)
    {
        if (bytes != 0)
        {
            s_bytes.Add(bytes, Named(cache));
        }
    }

    /// <summary>Adds to the number of entries of a cache.</summary>
    public static void AddEntries(string cache, int entries)
    {
        s_entries.Add(entries, Named(cache));
        // A rise is seen only from a number that was there before.
        s_evictions.Add(0, Named(cache));
    }

    /// <summary>Counts an entry that had to go.</summary>
    public static void CountEviction(string cache) => s_evictions.Add(1, Named(cache));

    private static KeyValuePair<string, object?> Named(string cache) => new("memory.cache", cache);
}
