using StackExchange.Redis;
using TagSegments.Segments.Index;

namespace TagSegments.Testing.Histories;

/// <summary>What can happen to the entries of an account in Redis.</summary>
internal sealed class RedisFaults(IDatabase redis, int accountId, Protocol protocol)
{
    private const int Tags = 8;
    private readonly Dictionary<RedisKey, RedisValue> _backup = [];
    private readonly RedisKey[] _keys =
        [.. Enumerable.Range(0, Tags).SelectMany(tagId => protocol.KeyEndings.Select(ending => TagEntryCache.Key(accountId, tagId).Append(ending)))];

    /// <summary>Lets one of them happen and says which.</summary>
    public async Task<string> StrikeAsync(Random random)
    {
        var (name, fault) = Choose(random);
        return await StrikeAsync(fault) ? name : "Redis away";
    }

    /// <summary>Removes all entries.</summary>
    public Task FlushAsync() => StrikeAsync(RemoveAsync);

    // False if the server itself is stopped or dead just now.
    private async Task<bool> StrikeAsync(Func<Task> fault)
    {
        if (!redis.Multiplexer.IsConnected)
        {
            return false;
        }

        try
        {
            await fault();
            return true;
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return false;
        }
    }

    private (string Name, Func<Task> Fault) Choose(Random random) => random.Next(22) switch
    {
        < 4 => ("entries flushed", RemoveAsync),
        < 9 => ("entry damaged", () => DamageAsync(random)),
        < 13 => ("entries swapped", () => SwapAsync(Any(random), Any(random))),
        < 17 => ("entries saved", BackUpAsync),
        _ => ("old entries restored", () => RestoreAsync(random)),
    };

    private Task RemoveAsync() => redis.KeyDeleteAsync(_keys);

    private RedisKey Any(Random random) => _keys[random.Next(_keys.Length)];

    private async Task DamageAsync(Random random)
    {
        var key = Any(random);
        if ((byte[]?)await redis.StringGetAsync(key) is { } value)
        {
            value[random.Next(value.Length)] ^= (byte)random.Next(1, 256);
            await redis.StringSetAsync(key, random.Next(2) == 0 ? value : value[..random.Next(value.Length)]);
        }
    }

    private async Task SwapAsync(RedisKey left, RedisKey right)
    {
        var values = await redis.StringGetAsync([left, right]);
        if (values.All(value => value.HasValue))
        {
            await redis.StringSetAsync(left, values[1]);
            await redis.StringSetAsync(right, values[0]);
        }
    }

    private async Task BackUpAsync()
    {
        var values = await redis.StringGetAsync(_keys);
        foreach (var (key, value) in _keys.Zip(values).Where(entry => entry.Second.HasValue))
        {
            _backup[key] = value;
        }
    }

    // All of a snapshot, or the half that a server wrote before it died.
    private async Task RestoreAsync(Random random)
    {
        var whole = random.Next(2) == 0;
        foreach (var (key, value) in _backup.Where(_ => whole || random.Next(2) == 0))
        {
            await redis.StringSetAsync(key, value);
        }
    }
}
