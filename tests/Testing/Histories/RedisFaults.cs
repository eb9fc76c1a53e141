using StackExchange.Redis;
using TagSegments.Segments.Index;

namespace TagSegments.Testing.Histories;

/// <summary>What can happen to the entries of an account in Redis.</summary>
internal sealed class RedisFaults(IDatabase redis, int accountId, int tags)
{
    private readonly Dictionary<int, RedisValue> _backup = [];

    private IEnumerable<int> TagIds => Enumerable.Range(0, tags + 1);

    public async Task StrikeAsync(Random random)
    {
        switch (random.Next(5))
        {
            case 0:
                await redis.KeyDeleteAsync([.. TagIds.Select(Key)]);
                break;
            case 1:
                await DamageAsync(random);
                break;
            case 2:
                await SwapAsync(random.Next(tags + 1), random.Next(tags + 1));
                break;
            case 3:
                await BackUpAsync();
                break;
            default:
                await RestoreAsync();
                break;
        }
    }

    private async Task DamageAsync(Random random)
    {
        var key = Key(random.Next(tags + 1));
        if ((byte[]?)await redis.StringGetAsync(key) is { } value)
        {
            value[random.Next(value.Length)] ^= (byte)random.Next(1, 256);
            await redis.StringSetAsync(key, random.Next(2) == 0 ? value : value[..random.Next(value.Length)]);
        }
    }

    private async Task SwapAsync(int left, int right)
    {
        var values = await redis.StringGetAsync([Key(left), Key(right)]);
        if (values.All(value => value.HasValue))
        {
            await redis.StringSetAsync(Key(left), values[1]);
            await redis.StringSetAsync(Key(right), values[0]);
        }
    }

    private async Task BackUpAsync()
    {
        foreach (var tagId in TagIds)
        {
            _backup[tagId] = await redis.StringGetAsync(Key(tagId));
        }
    }

    private async Task RestoreAsync()
    {
        foreach (var (tagId, value) in _backup.Where(entry => entry.Value.HasValue))
        {
            await redis.StringSetAsync(Key(tagId), value);
        }
    }

    private RedisKey Key(int tagId) => TagEntryCache.Key(accountId, tagId);
}
