using System.Threading.Channels;
using StackExchange.Redis;

namespace TagSegments.Segments.Index;

/// <summary>
/// Tag entries in Redis. They are neither trusted nor waited for: an entry that does not arrive in time is read from PostgreSQL instead.
/// Keys: <c>idx:{account}:tag</c>, a string with a <see cref="TagEntry"/>, kept for a week after it was last written; the braces keep an
/// account in one slot of a Redis cluster.
/// </summary>
internal class TagEntryCache(RedisConnection redis, IndexMetrics metrics, ILogger<TagEntryCache> logger) : BackgroundService
{
    private const int KeysPerRead = 32;
    private static readonly TimeSpan s_budget = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_lifetime = TimeSpan.FromDays(7);

    // Writing back is a courtesy to the next process: when it cannot keep up, entries are dropped.
    private readonly Channel<TagEntry> _writes = Channel.CreateBounded<TagEntry>(
        new BoundedChannelOptions(1_024) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private long _pausedUntil;

    /// <summary>Reads the entries of some tags; those missing, damaged or late are left out.</summary>
    public virtual async Task<IReadOnlyDictionary<int, TagEntry>> ReadAsync(int accountId, IReadOnlyCollection<int> tagIds, CancellationToken ct)
    {
        if (tagIds.Count == 0 || redis.Database is not { } database || Environment.TickCount64 < Volatile.Read(ref _pausedUntil))
        {
            return new Dictionary<int, TagEntry>();
        }

        var reads = tagIds.Chunk(KeysPerRead).Select(some => ReadSomeAsync(database, accountId, some)).ToList();
        var all = Task.WhenAll(reads);
        if (await Task.WhenAny(all, Task.Delay(s_budget, ct)) != all)
        {
            Pause("no answer in time");
        }

        return reads.Where(read => read.IsCompletedSuccessfully).SelectMany(read => read.Result).ToDictionary(entry => entry.TagId);
    }

    /// <summary>How long Redis is left alone after it failed or was too slow.</summary>
    protected virtual TimeSpan PauseAfterFailure => TimeSpan.FromSeconds(2);

    /// <summary>Writes an entry in the background.</summary>
    public virtual void Write(TagEntry entry) => _writes.Writer.TryWrite(entry);

    /// <summary>Deletes the entries of an account, or throws if Redis cannot be reached.</summary>
    public async Task EraseAsync(int accountId, CancellationToken ct)
    {
        await foreach (var key in redis.KeysAsync($"idx:{{{accountId}}}:*", ct))
        {
            await redis.RequireDatabase().KeyDeleteAsync(key);
        }
    }

    /// <summary>Names the key of a tag.</summary>
    public static RedisKey Key(int accountId, int tagId) => $"idx:{{{accountId}}}:{tagId}";

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var entry in _writes.Reader.ReadAllAsync(stoppingToken))
            {
                await WriteAsync(entry);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // An entry that is not written by now can be done without.
        }
    }

    private async Task<List<TagEntry>> ReadSomeAsync(IDatabase database, int accountId, int[] tagIds)
    {
        try
        {
            var values = await FetchAsync(database, accountId, tagIds);
            var entries = new List<TagEntry>();
            foreach (var (tagId, value) in tagIds.Zip(values).Where(pair => pair.Second is not null))
            {
                if (TagEntry.TryDecode(value, accountId, tagId) is { } entry)
                {
                    entries.Add(entry);
                }
                else
                {
                    metrics.Damaged.Add(1);
                }
            }

            return entries;
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            Pause(e.Message);
            return [];
        }
    }

    /// <summary>Writes an entry if Redis is there.</summary>
    protected async Task WriteAsync(TagEntry entry)
    {
        try
        {
            if (redis.Database is { } database && Environment.TickCount64 >= Volatile.Read(ref _pausedUntil))
            {
                await StoreAsync(database, entry);
            }
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            Pause(e.Message);
        }
    }

    /// <summary>Stores an entry, whole or not at all.</summary>
    protected virtual Task StoreAsync(IDatabase database, TagEntry entry) =>
        database.StringSetAsync(Key(entry.AccountId, entry.TagId), entry.Encode(), s_lifetime);

    /// <summary>Gets the stored entries of some tags, in their order.</summary>
    protected virtual async Task<IReadOnlyList<byte[]?>> FetchAsync(IDatabase database, int accountId, int[] tagIds) =>
        Array.ConvertAll(await database.StringGetAsync([.. tagIds.Select(tagId => Key(accountId, tagId))]), value => (byte[]?)value);

    private void Pause(string reason)
    {
        metrics.RedisFailures.Add(1);
        logger.RedisLeftAlone(reason);
        Volatile.Write(ref _pausedUntil, Environment.TickCount64 + (long)PauseAfterFailure.TotalMilliseconds);
    }
}
