using System.Collections.Concurrent;
using Npgsql;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Tagging.Assignments.Reads;

/// <summary>
/// Keeps chunks of contacts' tags in memory, at most 128: about 1 MB each with a dozen tags per contact. Chunks that were not read for the
/// longest time go first.
/// </summary>
internal sealed class ContactTagsCache(NpgsqlDataSource database)
{
    private const int MaxChunks = 128;
    private readonly ConcurrentDictionary<(int AccountId, int Chunk), (ContactTagsChunk Tags, long UsedAt)> _chunks = new();
    private long _uses;

    /// <summary>Gets a chunk from memory; loads it if it is not there or is older than <paramref name="oldest"/>.</summary>
    public async Task<ContactTagsChunk> GetAsync(int accountId, int chunk, long oldest, CancellationToken ct)
    {
        var tags = _chunks.TryGetValue((accountId, chunk), out var kept) && kept.Tags.Position.Pos >= oldest
            ? kept.Tags
            : await LoadAsync(accountId, chunk, ct);
        _chunks[(accountId, chunk)] = (tags, Interlocked.Increment(ref _uses));
        if (_chunks.Count > MaxChunks)
        {
            _chunks.TryRemove(_chunks.MinBy(entry => entry.Value.UsedAt).Key, out _);
        }

        return tags;
    }

    /// <summary>Forgets chunks that are too old, or of another history.</summary>
    public void Forget(int accountId, IEnumerable<int> chunks)
    {
        foreach (var chunk in chunks)
        {
            _chunks.TryRemove((accountId, chunk), out _);
        }
    }

    // One statement, so that bits and position are of one snapshot.
    private async Task<ContactTagsChunk> LoadAsync(int accountId, int chunk, CancellationToken ct)
    {
        const string sql = """
            SELECT clock.pos, clock.nonce, t.tag_id, t.bits
            FROM crm.clock
            LEFT JOIN tags.tag_chunk t ON t.account_id = clock.account_id AND t.chunk = $2 AND t.tag_id > 0
            WHERE clock.account_id = $1
            """;
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = accountId });
        command.Parameters.Add(new() { Value = chunk });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var tagIds = new List<int>?[ChunkLayout.Bits];
        var position = new ClockPosition(0, Guid.Empty);
        while (await reader.ReadAsync(ct))
        {
            position = new(reader.GetInt64(0), reader.GetGuid(1));
            if (!reader.IsDBNull(2))
            {
                foreach (var offset in ChunkBits.Contacts(0, reader.ReadBits(3)))
                {
                    (tagIds[offset] ??= []).Add(reader.GetInt32(2));
                }
            }
        }

        return new(position, Array.ConvertAll(tagIds, ids => ids?.ToArray() ?? []));
    }
}
