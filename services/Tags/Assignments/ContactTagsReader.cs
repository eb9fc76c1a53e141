using Crm.Tags.V1;
using Npgsql;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Assignments;

/// <summary>
/// Reads the tags of contacts: from chunks kept in memory, brought up to date by what the log holds since. So every read is exact, at the
/// price of one short round trip, however large the library is.
/// </summary>
internal sealed class ContactTagsReader(NpgsqlDataSource database, ContactTagsCache cache, TagCatalog catalog)
{
    private const int ManyChanges = 500;

    /// <summary>Reads the tags of contacts, in the order asked for; those of unknown contacts are none.</summary>
    public async Task<IEnumerable<ContactTags>> ReadAsync(int accountId, IReadOnlyList<int> contactIds, CancellationToken ct)
    {
        var chunks = contactIds.Where(contactId => contactId > 0).Select(contactId => contactId / ChunkBits.Size).Distinct().ToArray();
        var (tagIds, catalogNonce) = await ReadAsync(accountId, [.. contactIds.Distinct()], chunks, ct)
            ?? await ReadAsync(accountId, [.. contactIds.Distinct()], chunks, ct)
            ?? throw new InvalidOperationException("The history of the account was replaced twice during one read.");
        var tags = await catalog.GetAsync(accountId, catalogNonce, ct);
        return contactIds.Select(contactId => new ContactTags
        {
            ContactId = contactId,
            Tags = { tagIds[contactId].Where(tags.ContainsKey).Select(tagId => tags[tagId]).OrderBy(tag => tag.Name, StringComparer.Ordinal) },
        });
    }

    // Null if what was kept is of another history: it is forgotten then, and the next try loads it.
    private async Task<(Dictionary<int, HashSet<int>> TagIds, Guid CatalogNonce)?> ReadAsync(
        int accountId, int[] contactIds, int[] chunkNumbers, CancellationToken ct)
    {
        var chunks = new Dictionary<int, ContactTagsChunk>();
        foreach (var number in chunkNumbers)
        {
            chunks[number] = await cache.GetAsync(accountId, number, ct);
        }

        var tagIds = contactIds.ToDictionary(
            contactId => contactId,
            contactId => contactId > 0 ? new HashSet<int>(chunks[contactId / ChunkBits.Size].TagIds[contactId % ChunkBits.Size]) : []);
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var batch = connection.CreateBatch();
        AddReads(batch, accountId, contactIds, chunks);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        var (valid, catalogNonce) = await IsValidAsync(reader, [.. chunks.Values], ct);
        if (!valid)
        {
            cache.Forget(accountId, chunkNumbers);
            return null;
        }

        await reader.NextResultAsync(ct);
        if (await ApplyAsync(reader, tagIds, ct) > ManyChanges)
        {
            cache.Forget(accountId, chunkNumbers);
        }

        return (tagIds, catalogNonce);
    }

    // Chunks may be of different positions. Changes that a newer one has already are applied again, in order, which changes nothing.
    private static void AddReads(NpgsqlBatch batch, int accountId, int[] contactIds, Dictionary<int, ContactTagsChunk> chunks)
    {
        var since = chunks.Values.Select(chunk => chunk.Pos).DefaultIfEmpty().Min();
        batch
            .Add(
                """
                SELECT coalesce((SELECT floor FROM crm.clock WHERE account_id = $1), 0),
                    ARRAY (SELECT nonce FROM crm.commit WHERE account_id = $1 AND pos = ANY ($2)),
                    coalesce((SELECT nonce FROM crm.catalog_clock WHERE account_id = $1), '00000000-0000-0000-0000-000000000000')
                """,
                accountId,
                chunks.Values.Select(chunk => chunk.Pos).Distinct().ToArray())
            .Add(
                """
                SELECT pos, seq, tag_id, op, contact_id, chunk, bits
                FROM tags.tag_change
                WHERE account_id = $1 AND contact_id = ANY ($2) AND pos > $4 AND tag_id > 0
                UNION ALL
                SELECT pos, seq, tag_id, op, contact_id, chunk, bits
                FROM tags.tag_change
                WHERE account_id = $1 AND contact_id IS NULL AND chunk = ANY ($3) AND pos > $4 AND tag_id > 0
                ORDER BY pos, seq
                """,
                accountId,
                contactIds,
                chunks.Keys.ToArray(),
                since);
    }

    private static async Task<(bool Valid, Guid CatalogNonce)> IsValidAsync(
        NpgsqlDataReader reader, ContactTagsChunk[] chunks, CancellationToken ct)
    {
        await reader.ReadAsync(ct);
        var floor = reader.GetInt64(0);
        var nonces = reader.GetFieldValue<Guid[]>(1);
        return (Array.TrueForAll(chunks, chunk => chunk.Pos >= floor && nonces.Contains(chunk.Nonce)), reader.GetGuid(2));
    }

    private static async Task<int> ApplyAsync(NpgsqlDataReader reader, Dictionary<int, HashSet<int>> tagIds, CancellationToken ct)
    {
        var changes = 0;
        for (; await reader.ReadAsync(ct); changes++)
        {
            var (tagId, on) = (reader.GetInt32(2), reader.GetInt16(3) == 1);
            var contactIds = reader.IsDBNull(4) ? Affected(reader.GetInt32(5), reader.ReadBits(6), tagIds.Keys) : [reader.GetInt32(4)];
            foreach (var contactId in contactIds)
            {
                _ = on ? tagIds[contactId].Add(tagId) : tagIds[contactId].Remove(tagId);
            }
        }

        return changes;
    }

    private static IEnumerable<int> Affected(int chunk, byte[] bits, IEnumerable<int> contactIds) =>
        contactIds.Where(contactId => contactId > 0 && contactId / ChunkBits.Size == chunk && ChunkBits.Get(bits, contactId % ChunkBits.Size));
}
