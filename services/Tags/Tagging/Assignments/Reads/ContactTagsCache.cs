using Npgsql;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Tagging.Assignments.Reads;

/// <summary>
/// Keeps chunks of contacts' tags in memory: about 1 MB each with a dozen tags per contact. A reader changes a chunk, so it takes the chunk
/// out and puts it back: no two readers have the same one.
/// </summary>
internal sealed class ContactTagsCache(AccountDatabase database, MemoryBudget memory)
{
    private readonly AccountCache<(int AccountId, int Chunk), ContactTagsChunk> _chunks = new(memory, "tags.contacts", (_, chunk) => chunk.Bytes);

    /// <summary>Takes a chunk out of memory; loads it if it is not there.</summary>
    public async Task<ContactTagsChunk> TakeAsync(int accountId, int chunk, CancellationToken ct) =>
        _chunks.TryTake((accountId, chunk), out var kept) ? kept : await LoadAsync(accountId, chunk, ct);

    /// <summary>Puts a chunk back, for the next reader.</summary>
    public void Return(int accountId, int chunk, ContactTagsChunk tags) => _chunks.Set((accountId, chunk), tags);

    // One statement, so that bits and position are of one snapshot.
    private async Task<ContactTagsChunk> LoadAsync(int accountId, int chunk, CancellationToken ct)
    {
        const string sql = """
            SELECT clock.pos, clock.nonce, t.tag_id, t.bits
            FROM crm.clock
            LEFT JOIN tags.tag_chunk t ON t.account_id = clock.account_id AND t.chunk = $2 AND t.tag_id > 0
            WHERE clock.account_id = $1
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = accountId }, new() { Value = chunk } } };
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
