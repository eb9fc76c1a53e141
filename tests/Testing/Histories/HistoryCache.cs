using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;
using TagSegments.Segments.Index;
using TagSegments.ServiceDefaults.Data;

namespace TagSegments.Testing.Histories;

/// <summary>The cache of a replica, which tells when it has written what it was given, and is soon back after a fault.</summary>
internal class HistoryCache(RedisConnection redis, IndexMetrics metrics) : TagEntryCache(redis, metrics, NullLogger<TagEntryCache>.Instance)
{
    private readonly Lock _gate = new();
    private Task _written = Task.CompletedTask;

    /// <summary>Waits before each command of a write, by its number within the write.</summary>
    public Func<int, Task> Pace { get; set; } = _ => Task.CompletedTask;

    /// <summary>Completes when all that was given so far is written.</summary>
    public Task WrittenAsync()
    {
        lock (_gate)
        {
            return _written;
        }
    }

    public override void Write(TagEntry entry)
    {
        lock (_gate)
        {
            _written = Task.WhenAll(_written, WriteAsync(entry));
        }
    }

    protected override async Task StoreAsync(IDatabase database, TagEntry entry)
    {
        await Pace(0);
        await base.StoreAsync(database, entry);
    }

    protected override TimeSpan PauseAfterFailure => TimeSpan.FromMilliseconds(20);
}
