using Microsoft.Extensions.Configuration;

namespace TagSegments.ServiceDefaults.Memory;

/// <summary>
/// The bytes that all caches of a service may take together. When they take more, the entry that was used the longest time ago goes first,
/// whichever cache it is in. An entry that nobody used for some minutes goes too, so an account at rest takes no memory.
/// </summary>
// The order of use is exact, which takes a lock at each use: it is held for a few pointers, and a use saves at least a round trip.
public sealed class MemoryBudget : IDisposable
{
    // What is left is for the work of the calls, and for what the garbage collector has not collected yet.
    private const double ShareOfHeap = 0.4;
    private static readonly TimeSpan s_idlePeriod = TimeSpan.FromMinutes(1);
    private readonly Lock _gate = new();
    private readonly LinkedList<CacheEntry> _byUse = new();
    private readonly TimeSpan _idle;
    private readonly TimeProvider _time;
    private readonly ITimer _idleTimer;
    private long _bytes;

    /// <summary>Allows a number of bytes, and entries that are unused for a time.</summary>
    public MemoryBudget(long limit, TimeSpan idle, TimeProvider time)
    {
        (Limit, _idle, _time) = (limit, idle, time);
        _idleTimer = time.CreateTimer(_ => DropIdle(), null, s_idlePeriod, s_idlePeriod);
        MemoryMetrics.AddLimit(limit);
    }

    /// <summary>The bytes that the caches may take. A single entry may take more.</summary>
    public long Limit { get; }

    /// <summary>The bytes that the caches take now, about.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes;
            }
        }
    }

    /// <summary>The number of entries in all caches.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _byUse.Count;
            }
        }
    }

    /// <summary>
    /// Reads <c>Memory:CacheMegabytes</c> and <c>Memory:IdleMinutes</c> (10). Without the former, the caches may take two fifths of the
    /// managed heap's limit, which is three quarters of the memory of a container.
    /// </summary>
    public static MemoryBudget From(IConfiguration configuration, TimeProvider time) => new(
        configuration.GetValue<long?>("Memory:CacheMegabytes") * 1024 * 1024 ?? DefaultLimit,
        TimeSpan.FromMinutes(configuration.GetValue("Memory:IdleMinutes", 10.0)),
        time);

    /// <summary>The limit where none is configured, in bytes.</summary>
    public static long DefaultLimit => (long)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * ShareOfHeap);

    /// <inheritdoc />
    public void Dispose()
    {
        _idleTimer.Dispose();
        MemoryMetrics.AddLimit(-Limit);
    }

    /// <summary>Notes that an entry is used and what it weighs now. It is never the one that has to go.</summary>
    internal void Use(CacheEntry entry, long bytes)
    {
        lock (_gate)
        {
            if (entry.IsGone)
            {
                return;
            }

            if (entry.Place.List is null)
            {
                MemoryMetrics.AddEntries(entry.Kind, 1);
            }
            else
            {
                _byUse.Remove(entry.Place);
            }

            _byUse.AddLast(entry.Place);
            entry.UsedAt = _time.GetTimestamp();
            Weigh(entry, bytes);
            while (_bytes > Limit && _byUse.First is { } oldest && oldest != entry.Place)
            {
                Evict(oldest.Value);
            }
        }
    }

    /// <summary>Notes that an entry is no longer in its cache.</summary>
    internal void Drop(CacheEntry entry)
    {
        lock (_gate)
        {
            if (entry.Place.List is not null)
            {
                _byUse.Remove(entry.Place);
                Weigh(entry, 0);
                MemoryMetrics.AddEntries(entry.Kind, -1);
            }

            entry.IsGone = true;
        }
    }

    private void DropIdle()
    {
        lock (_gate)
        {
            while (_byUse.First is { } oldest && _time.GetElapsedTime(oldest.Value.UsedAt) > _idle)
            {
                Evict(oldest.Value);
            }
        }
    }

    private void Evict(CacheEntry entry)
    {
        Drop(entry);
        entry.LeaveCache();
        MemoryMetrics.CountEviction(entry.Kind);
    }

    private void Weigh(CacheEntry entry, long bytes)
    {
        MemoryMetrics.AddBytes(entry.Kind, bytes - entry.Bytes);
        _bytes += bytes - entry.Bytes;
        entry.Bytes = bytes;
    }
}
