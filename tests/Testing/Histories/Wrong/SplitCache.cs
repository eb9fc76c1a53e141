using System.Buffers.Binary;
using StackExchange.Redis;
using TagSegments.Segments.Index;
using TagSegments.ServiceDefaults.Data;

namespace TagSegments.Testing.Histories.Wrong;

/// <summary>A wrong variant: who has a tag lies in one key, at which position that was in another; each can be lost, restored or late alone.</summary>
internal sealed class SplitCache(RedisConnection redis, IndexMetrics metrics) : HistoryCache(redis, metrics)
{
    public const string Members = ":members";
    public const string Position = ":position";

    protected override async Task StoreAsync(IDatabase database, TagEntry entry)
    {
        var position = new byte[24];
        BinaryPrimitives.WriteInt64LittleEndian(position, entry.At.Pos);
        entry.At.Nonce.TryWriteBytes(position.AsSpan(8));
        await Pace(0);
        await database.StringSetAsync(Key(entry.AccountId, entry.TagId).Append(Members), entry.Encode());
        await Pace(1);
        await database.StringSetAsync(Key(entry.AccountId, entry.TagId).Append(Position), position);
    }

    protected override async Task<IReadOnlyList<byte[]?>> FetchAsync(IDatabase database, int accountId, int[] tagIds)
    {
        var members = await database.StringGetAsync([.. tagIds.Select(tagId => Key(accountId, tagId).Append(Members))]);
        var positions = await database.StringGetAsync([.. tagIds.Select(tagId => Key(accountId, tagId).Append(Position))]);
        return [.. tagIds.Select((tagId, i) => Combine(accountId, tagId, (byte[]?)members[i], (byte[]?)positions[i]))];
    }

    private static byte[]? Combine(int accountId, int tagId, byte[]? members, byte[]? position) =>
        members is not null && position?.Length == 24 && TagEntry.TryDecode(members, accountId, tagId) is { } entry
            ? (entry with { At = new ClockPosition(BinaryPrimitives.ReadInt64LittleEndian(position), new Guid(position.AsSpan(8))) }).Encode()
            : null;
}
