using Npgsql;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Tagging.Assignments.Reads;

/// <summary>
/// Brings chunks of contacts' tags up to the present. Most find, in one short round trip, that they are; the log is read only if they are not.
/// For connections of <see cref="GenericPlanPool"/>.
/// </summary>
internal static class ContactTagsLog
{
    private const int MaxChanges = 2_000;

    // Reloading a chunk is faster than catching up over this many commits.
    private const int ManyCommits = 2_000;

    // A statement that does less: even of one that finds nothing the database starts every part.
    private const string Clock = """
        SELECT coalesce(clock.pos, 0), clock.nonce, catalog.nonce
        FROM (VALUES ($1)) AS account (account_id)
        LEFT JOIN crm.clock ON clock.account_id = $1
        LEFT JOIN crm.catalog_clock AS catalog ON catalog.account_id = $1
        """;

    // One row for each change, or one without a change. Clock and changes are of one snapshot, so no change is after the clock. The
    // condition says so for the planner, which takes a range with two ends for a narrow one, best read by position.
    private const string Changes = """
        SELECT coalesce(clock.pos, 0), clock.nonce, coalesce(clock.floor, 0), catalog.nonce,
            ARRAY (SELECT nonce FROM crm.commit WHERE account_id = $1 AND pos = ANY ($2)),
            change.pos, change.tag_id, change.op, change.contact_id, change.chunk, change.bits
        FROM (VALUES ($1)) AS account (account_id)
        LEFT JOIN crm.clock ON clock.account_id = $1
        LEFT JOIN crm.catalog_clock AS catalog ON catalog.account_id = $1
        LEFT JOIN LATERAL (
            SELECT c.pos, c.seq, c.tag_id, c.op, c.contact_id, c.chunk, c.bits
            FROM tags.tag_change c
            WHERE c.account_id = $1 AND c.pos > $3 AND c.pos <= clock.pos AND c.chunk = ANY ($4) AND c.tag_id > 0
            ORDER BY c.pos, c.seq
            LIMIT $5) AS change ON true
        ORDER BY change.pos, change.seq
        """;

    /// <summary>
    /// Applies what has changed; false if the chunks cannot be brought up to date, because too much has changed or because they are of another
    /// history.
    /// </summary>
    public static async Task<(bool Done, Guid CatalogNonce)> CatchUpAsync(
        AccountDatabase database, int accountId, Dictionary<int, ContactTagsChunk> chunks, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(accountId, ct);
        var (now, catalogNonce) = await ReadClockAsync(connection, accountId, ct);
        return chunks.Values.All(chunk => chunk.Position == now) ? (true, catalogNonce)
            : chunks.Values.Any(chunk => chunk.Position.Pos < now.Pos - ManyCommits) ? (false, catalogNonce)
            : await ReadLogAsync(connection, accountId, chunks, ct);
    }

    private static async Task<(ClockPosition Now, Guid CatalogNonce)> ReadClockAsync(NpgsqlConnection connection, int accountId, CancellationToken ct)
    {
        await using var batch = connection.CreateBatch();
        batch.Add(Clock, accountId);
        await batch.PrepareAsync(ct);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return (new(reader.GetInt64(0), GuidOrEmpty(reader, 1)), GuidOrEmpty(reader, 2));
    }

    private static async Task<(bool Done, Guid CatalogNonce)> ReadLogAsync(
        NpgsqlConnection connection, int accountId, Dictionary<int, ContactTagsChunk> chunks, CancellationToken ct)
    {
        var since = chunks.Values.Min(chunk => chunk.Position.Pos);
        await using var batch = connection.CreateBatch();
        batch.Add(
            Changes, accountId, chunks.Values.Select(chunk => chunk.Position.Pos).Distinct().ToArray(), since, chunks.Keys.ToArray(), MaxChanges + 1);
        await batch.PrepareAsync(ct);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var position = new ClockPosition(reader.GetInt64(0), GuidOrEmpty(reader, 1));
        var catalogNonce = GuidOrEmpty(reader, 3);
        var done = AreOfThisHistory(chunks.Values, reader.GetInt64(2), reader.GetFieldValue<Guid[]>(4)) && await ApplyAsync(reader, chunks, position, ct);
        return (done, catalogNonce);
    }

    private static Guid GuidOrEmpty(NpgsqlDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? Guid.Empty : reader.GetGuid(ordinal);

    private static bool AreOfThisHistory(IEnumerable<ContactTagsChunk> chunks, long floor, Guid[] nonces) =>
        chunks.All(chunk => chunk.Position.Pos >= floor && (chunk.Position.Pos == 0 || nonces.Contains(chunk.Position.Nonce)));

    // The reader stands on the first row.
    private static async Task<bool> ApplyAsync(
        NpgsqlDataReader reader, Dictionary<int, ContactTagsChunk> chunks, ClockPosition upTo, CancellationToken ct)
    {
        var changes = 0;
        for (var more = !reader.IsDBNull(5); more; more = await reader.ReadAsync(ct))
        {
            changes++;
            Apply(reader, chunks[reader.GetInt32(9)]);
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

    private static void Apply(NpgsqlDataReader change, ContactTagsChunk chunk)
    {
        if (change.GetInt64(5) <= chunk.Position.Pos)
        {
            return;
        }

        var (tagId, on) = (change.GetInt32(6), change.GetInt16(7) == 1);
        foreach (var contactId in change.IsDBNull(8) ? ChunkBits.Contacts(change.GetInt32(9), change.ReadBits(10)) : [change.GetInt32(8)])
        {
            chunk.Apply(tagId, on, contactId);
        }
    }
}
