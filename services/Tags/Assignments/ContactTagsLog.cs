using Npgsql;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Assignments;

/// <summary>Brings chunks of contacts' tags up to the present, in one short round trip.</summary>
internal static class ContactTagsLog
{
    private const int MaxChanges = 2_000;

    // The first statement keeps the planner from planning the others anew each time.
    private const string Begin = "SELECT set_config('plan_cache_mode', 'force_generic_plan', true)";

    private const string Clocks = """
        SELECT coalesce(clock.pos, 0), clock.nonce, coalesce(clock.floor, 0), catalog.nonce,
            ARRAY (SELECT nonce FROM crm.commit WHERE account_id = $1 AND pos = ANY ($2))
        FROM (VALUES ($1)) AS account (account_id)
        LEFT JOIN crm.clock ON clock.account_id = $1
        LEFT JOIN crm.catalog_clock AS catalog ON catalog.account_id = $1
        """;

    private const string Changes = """
        SELECT pos, tag_id, op, contact_id, chunk, bits
        FROM tags.tag_change
        WHERE account_id = $1 AND pos > $2 AND pos <= (SELECT pos FROM crm.clock WHERE account_id = $1) AND chunk = ANY ($3) AND tag_id > 0
        ORDER BY pos, seq
        LIMIT $4
        """;

    /// <summary>
    /// Applies what has changed; false if the chunks cannot be brought up to date, because too much has changed or because they are of another
    /// history. Positions become visible in their order, so what the second statement sees beyond the first one's clock comes next time.
    /// </summary>
    public static async Task<(bool Done, Position Position, Guid CatalogNonce)> CatchUpAsync(
        NpgsqlDataSource database, int accountId, Dictionary<int, ContactTagsChunk> chunks, CancellationToken ct)
    {
        var since = chunks.Values.Select(chunk => chunk.Position.Pos).DefaultIfEmpty().Min();
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var batch = connection.CreateBatch();
        batch.Add(Begin)
            .Add(Clocks, accountId, chunks.Values.Select(chunk => chunk.Position.Pos).Distinct().ToArray())
            .Add(Changes, accountId, since, chunks.Keys.ToArray(), MaxChanges + 1);
        await batch.PrepareAsync(ct);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        var position = new Position(reader.GetInt64(0), reader.IsDBNull(1) ? Guid.Empty : reader.GetGuid(1));
        var catalogNonce = reader.IsDBNull(3) ? Guid.Empty : reader.GetGuid(3);
        if (!AreOfThisHistory(chunks.Values, reader.GetInt64(2), reader.GetFieldValue<Guid[]>(4)))
        {
            return (false, position, catalogNonce);
        }

        await reader.NextResultAsync(ct);
        var applied = await ApplyAsync(reader, chunks, position, ct);
        return (applied, position, catalogNonce);
    }

    private static bool AreOfThisHistory(IEnumerable<ContactTagsChunk> chunks, long floor, Guid[] nonces) =>
        chunks.All(chunk => chunk.Position.Pos >= floor && (chunk.Position.Pos == 0 || nonces.Contains(chunk.Position.Nonce)));

    private static async Task<bool> ApplyAsync(
        NpgsqlDataReader reader, Dictionary<int, ContactTagsChunk> chunks, Position upTo, CancellationToken ct)
    {
        var changes = 0;
        for (; await reader.ReadAsync(ct); changes++)
        {
            var (pos, chunk) = (reader.GetInt64(0), reader.GetInt32(4));
            if (pos <= chunks[chunk].Position.Pos || pos > upTo.Pos)
            {
                continue;
            }

            var (tagId, on) = (reader.GetInt32(1), reader.GetInt16(2) == 1);
            foreach (var contactId in reader.IsDBNull(3) ? ChunkBits.Contacts(chunk, reader.ReadBits(5)) : [reader.GetInt32(3)])
            {
                chunks[chunk].Apply(tagId, on, contactId);
            }
        }

        if (changes > MaxChanges)
        {
            return false;
        }

        foreach (var chunk in chunks.Values.Where(chunk => chunk.Position.Pos < upTo.Pos))
        {
            chunk.Advance(upTo);
        }

        return true;
    }
}
