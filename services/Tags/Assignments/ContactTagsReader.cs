using Crm.Tags.V1;
using Dapper;
using Npgsql;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Library;

namespace TagSegments.Tags.Assignments;

/// <summary>Reads the tags of a page of contacts: as many contacts as wanted for the price of one.</summary>
internal sealed class ContactTagsReader(NpgsqlDataSource database)
{
    /// <summary>Reads the tags of contacts, in the order asked for; nobody's are empty.</summary>
    public async Task<IEnumerable<ContactTags>> ReadAsync(int accountId, IReadOnlyList<int> contactIds, CancellationToken ct)
    {
        var masks = ChunkBits.Split(contactIds.Where(contactId => contactId > 0));
        await using var connection = await database.OpenConnectionAsync(ct);
        var holders = await ReadHoldersAsync(connection, accountId, masks, ct);
        var tags = await ReadTagsAsync(connection, accountId, holders.Select(row => row.TagId).Distinct().ToArray(), ct);
        var byContact = holders
            .SelectMany(row => ChunkBits.Contacts(row.Chunk, row.Bits.AsSpan(sizeof(int))).Select(contactId => (contactId, row.TagId)))
            .ToLookup(pair => pair.contactId, pair => pair.TagId);
        return contactIds.Select(contactId => new ContactTags
        {
            ContactId = contactId,
            Tags = { byContact[contactId].Where(tags.ContainsKey).Select(tagId => tags[tagId]).OrderBy(tag => tag.Name, StringComparer.Ordinal) },
        });
    }

    // One row for each tag that any of the contacts has.
    private static async Task<List<(int TagId, int Chunk, byte[] Bits)>> ReadHoldersAsync(
        NpgsqlConnection connection, int accountId, SortedDictionary<int, byte[]> masks, CancellationToken ct)
    {
        const string sql = """
            SELECT t.tag_id, t.chunk, bit_send(t.bits & m.bits)
            FROM unnest(@chunks, @masks) AS p (chunk, mask)
            CROSS JOIN LATERAL (SELECT ('x' || encode(p.mask, 'hex'))::bit(16384) AS bits) AS m
            JOIN tags.tag_chunk t ON t.account_id = @accountId AND t.chunk = p.chunk AND t.tag_id > 0
            WHERE bit_count(t.bits & m.bits) > 0
            """;
        var values = new { accountId, chunks = masks.Keys.ToArray(), masks = masks.Values.ToArray() };
        var rows = await connection.QueryAsync<(int, int, byte[])>(new CommandDefinition(sql, values, cancellationToken: ct));
        return rows.AsList();
    }

    private static async Task<Dictionary<int, Tag>> ReadTagsAsync(NpgsqlConnection connection, int accountId, int[] tagIds, CancellationToken ct)
    {
        const string sql = $"""
            SELECT {TagRow.Columns}
            FROM tags.tag t
            WHERE t.account_id = @accountId AND t.tag_id = ANY (@tagIds) AND t.deleted_at IS NULL
            """;
        var rows = await connection.QueryAsync<TagRow>(new CommandDefinition(sql, new { accountId, tagIds }, cancellationToken: ct));
        return rows.ToDictionary(row => row.TagId, row => row.ToProto());
    }
}
