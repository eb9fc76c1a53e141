using Crm.Tags.V1;
using Dapper;
using Npgsql;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Tagging.Bulk;

/// <summary>The changes that an operation would make, and those it has made, contact by contact.</summary>
internal sealed class BulkReads(AccountDatabase database, BulkAudience audience)
{
    /// <summary>Counts the changes that an operation would make now.</summary>
    public async Task<PreviewBulkOperationResponse> PreviewAsync(
        int accountId, PreviewBulkOperationRequest request, (int TagId, bool On)[] tags, CancellationToken ct)
    {
        const string sql = """
            SELECT w.tag_id, coalesce(sum(bit_count(n.bits & living.bits)), 0)::int AS contacts,
                coalesce(sum(bit_count(n.bits & living.bits & t.bits)), 0)::int AS holders
            FROM unnest(@tagIds) AS w (tag_id)
            CROSS JOIN unnest(@chunks, @bits) AS p (chunk, bits)
            CROSS JOIN LATERAL (SELECT ('x' || encode(p.bits, 'hex'))::bit(16384) AS bits) AS n
            LEFT JOIN tags.tag_chunk living ON living.account_id = @accountId AND living.tag_id = 0 AND living.chunk = p.chunk
            LEFT JOIN tags.tag_chunk t ON t.account_id = @accountId AND t.tag_id = w.tag_id AND t.chunk = p.chunk
            GROUP BY w.tag_id
            """;
        var (asked, excluded) = await audience.FindAsync(request.Account, request.Contacts, ct);
        var total = asked.Values.Sum(bits => ChunkBits.Count(bits));
        var values = new { accountId, tagIds = tags.Select(tag => tag.TagId).ToArray(), chunks = asked.Keys.ToArray(), bits = asked.Values.ToArray() };
        await using var connection = await database.OpenAsync(accountId, ct);
        var counts = (await connection.QueryAsync<(int TagId, int Contacts, int Holders)>(new CommandDefinition(sql, values, cancellationToken: ct)))
            .ToDictionary(row => row.TagId, row => (row.Contacts, row.Holders));
        var contacts = counts.Values.Select(count => count.Contacts).FirstOrDefault();
        return new PreviewBulkOperationResponse
        {
            Changes = { tags.Select(tag => Change(tag.TagId, tag.On, counts.GetValueOrDefault(tag.TagId))) },
            SkippedContacts = total - contacts,
            TotalContacts = total,
            ExcludedContacts = excluded,
        };
    }

    /// <summary>Reads the outcomes of the contacts of the next chunk after <paramref name="after"/>; null after the last one.</summary>
    public async Task<(int Chunk, List<ContactOutcome> Outcomes)?> OutcomesAsync(BulkRow operation, int after, CancellationToken ct)
    {
        const string sql = $"""
            SELECT b.chunk, bit_send(b.asked) AS asked, bit_send(b.skipped) AS skipped, c.tag_id,
                bit_send({Sql.ChangedBits}) AS changed
            FROM (
                SELECT account_id, chunk, asked, skipped, pos
                FROM tags.bulk_chunk
                WHERE account_id = @AccountId AND operation_id = @OperationId AND chunk > @after AND skipped IS NOT NULL
                ORDER BY chunk
                LIMIT 1) AS b
            LEFT JOIN tags.tag_change c ON c.account_id = b.account_id AND c.pos = b.pos AND c.chunk = b.chunk AND c.tag_id > 0
            ORDER BY c.tag_id
            """;
        await using var connection = await database.OpenAsync(operation.AccountId, ct);
        var rows = (await connection.QueryAsync<(int Chunk, byte[] Asked, byte[] Skipped, int? TagId, byte[]? Changed)>(
            new CommandDefinition(sql, new { operation.AccountId, operation.OperationId, after }, cancellationToken: ct))).AsList();
        return rows.Count > 0 ? (rows[0].Chunk, Outcomes(rows)) : null;
    }

    // The bits come as bit_send gives them: a length of four bytes, then the bits.
    private static List<ContactOutcome> Outcomes(List<(int Chunk, byte[] Asked, byte[] Skipped, int? TagId, byte[]? Changed)> rows) =>
        ChunkBits.Contacts(rows[0].Chunk, BitColumn.Bits(rows[0].Asked)).ConvertAll(contactId => new ContactOutcome
        {
            ContactId = contactId,
            Skipped = Has(rows[0].Skipped, contactId),
            ChangedTagIds = { rows.Where(row => row.Changed is { } changed && Has(changed, contactId)).Select(row => row.TagId!.Value) },
        });

    private static bool Has(byte[] wire, int contactId) => ChunkBits.Get(BitColumn.Bits(wire), contactId % ChunkLayout.Bits);

    private static TagChangeCount Change(int tagId, bool on, (int Contacts, int Holders) count)
    {
        var changed = on ? count.Contacts - count.Holders : count.Holders;
        return new TagChangeCount { TagId = tagId, Changed = changed, Unchanged = count.Contacts - changed };
    }
}
