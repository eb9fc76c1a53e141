using System.Globalization;
using Npgsql;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Tagging.Bulk;

/// <summary>
/// A step of a bulk change as one transaction in one round trip: the bits go to the server, what changed is worked out, applied and logged
/// there, and only counts come back. It locks the chunks in the order of tags and chunks, as every writer does. An account with
/// a living contact has a row for its clock, because the creation of the contact was a change. For connections of <see cref="GenericPlanPool"/>:
/// hence the account in <c>asked</c> and <c>named</c>, because the planner must not take a condition on it alone for as good as the whole key.
/// </summary>
internal static class BulkStatement
{
    // Chunks must exist to be locked.
    private const string EnsureChunks = $"""
        WITH asked AS MATERIALIZED (
            SELECT $1 AS account_id, w.tag_id, p.chunk
            FROM unnest($2::int[]) AS p (chunk)
            CROSS JOIN unnest($3::int[]) AS w (tag_id))
        INSERT INTO tags.tag_chunk (account_id, tag_id, chunk, bits)
        SELECT a.account_id, a.tag_id, a.chunk, {Sql.Zero}
        FROM asked a
        JOIN tags.tag_chunk living ON living.account_id = a.account_id AND living.tag_id = 0 AND living.chunk = a.chunk
        JOIN tags.tag ON tag.account_id = a.account_id AND tag.tag_id = a.tag_id AND tag.deleted_at IS NULL
        WHERE NOT EXISTS (
            SELECT FROM tags.tag_chunk t WHERE t.account_id = a.account_id AND t.tag_id = a.tag_id AND t.chunk = a.chunk)
        ORDER BY 2, 3
        ON CONFLICT DO NOTHING
        """;

    private const string Apply = $"""
        WITH asked AS MATERIALIZED (
            SELECT $1 AS account_id, p.chunk, ('x' || encode(p.bytes, 'hex'))::bit(16384) AS bits
            FROM unnest($8::int[], $9::bytea[]) AS p (chunk, bytes)),
        named AS MATERIALIZED (
            SELECT $1 AS account_id, w.tag_id, w.adds, w.seq
            FROM unnest($10::int[], $11::boolean[]) WITH ORDINALITY AS w (tag_id, adds, seq)),
        living AS MATERIALIZED (
            SELECT a.account_id, a.chunk, t.bits & a.bits AS bits
            FROM asked a
            JOIN tags.tag_chunk t ON t.account_id = a.account_id AND t.tag_id = 0 AND t.chunk = a.chunk),
        wanted AS MATERIALIZED (
            SELECT n.account_id, n.tag_id, n.adds, n.seq, tag.tag_id IS NOT NULL AS known
            FROM named n
            LEFT JOIN tags.tag ON tag.account_id = n.account_id AND tag.tag_id = n.tag_id AND tag.deleted_at IS NULL),
        locked AS MATERIALIZED (
            SELECT t.account_id, t.tag_id, t.chunk, t.bits
            FROM (
                SELECT account_id, tag_id, chunk
                FROM wanted
                JOIN living USING (account_id)
                WHERE NOT EXISTS (SELECT FROM wanted WHERE NOT known)) AS a
            JOIN tags.tag_chunk t USING (account_id, tag_id, chunk)
            ORDER BY t.tag_id, t.chunk
            FOR NO KEY UPDATE OF t),
        compared AS MATERIALIZED (
            SELECT account_id, tag_id, chunk, adds, CASE WHEN adds THEN living.bits & ~locked.bits ELSE living.bits & locked.bits END AS bits
            FROM locked
            JOIN wanted USING (account_id, tag_id)
            JOIN living USING (account_id, chunk)),
        changed AS MATERIALIZED (
            SELECT *, bit_count(bits) AS contacts, row_number() OVER (ORDER BY tag_id, chunk) - 1 AS seq
            FROM compared
            WHERE bit_count(bits) > 0),
        written AS (
            UPDATE tags.tag_chunk t
            SET bits = CASE WHEN c.adds THEN t.bits | c.bits ELSE t.bits & ~c.bits END
            FROM changed c
            WHERE t.account_id = c.account_id AND t.tag_id = c.tag_id AND t.chunk = c.chunk),
        {Sql.MoveClock},
        logged AS (
            -- A change of one contact is logged by its number: that is what audit by contact looks for first.
            INSERT INTO tags.tag_change (account_id, pos, seq, tag_id, op, contact_id, chunk, bits,
                {Sql.CauseColumns})
            SELECT $1, clock.pos, c.seq, c.tag_id, CASE WHEN c.adds THEN {TagOps.Added} ELSE {TagOps.Removed} END,
                CASE WHEN c.contacts = 1 THEN c.chunk * 16384 + position(B'1' IN c.bits) - 1 END,
                c.chunk, CASE WHEN c.contacts > 1 THEN c.bits END,
                {Sql.CauseValues}, clock.at
            FROM clock
            CROSS JOIN changed c)
        SELECT w.tag_id, w.known,
            (SELECT coalesce(sum(contacts), 0)::int FROM changed c WHERE c.tag_id = w.tag_id),
            (SELECT coalesce(sum(bit_count(bits)), 0)::int FROM living)
        FROM wanted w
        ORDER BY w.seq
        """;

    /// <summary>
    /// Changes the tags of those contacts that live, and returns how many these are and how many of them each tag really changed. Throws
    /// NOT_FOUND, and changes nothing, if a tag does not exist.
    /// </summary>
    public static async Task<(int Contacts, int[] Changed)> RunAsync(
        AccountDatabase database, int accountId, KeyValuePair<int, byte[]>[] chunks, (int TagId, bool On)[] tags, ChangeCause cause)
    {
        await using var connection = await database.OpenAsync(accountId);
        await using var batch = connection.CreateBatch();
        AccountTransaction.ShareLibrary(batch, accountId);
        var numbers = Array.ConvertAll(chunks, chunk => chunk.Key);
        batch.Add(EnsureChunks, accountId, numbers, tags.Where(tag => tag.On).Select(tag => tag.TagId).ToArray());
        batch.Add(
            Apply,
            [
                accountId,
                .. cause.Values,
                numbers,
                Array.ConvertAll(chunks, chunk => chunk.Value),
                Array.ConvertAll(tags, tag => tag.TagId),
                Array.ConvertAll(tags, tag => tag.On),
            ]);
        await batch.PrepareAsync();
        await using var reader = await batch.ExecuteReaderAsync();
        return await ReadAsync(reader, tags.Length);
    }

    private static async Task<(int Contacts, int[] Changed)> ReadAsync(NpgsqlDataReader reader, int tags)
    {
        // The lock gives a row, the chunks give none.
        await reader.NextResultAsync();
        var (contacts, changed) = (0, new List<int>(tags));
        while (await reader.ReadAsync())
        {
            if (!reader.GetBoolean(1))
            {
                throw RpcErrors.NotFound("tag", reader.GetInt32(0).ToString(CultureInfo.InvariantCulture));
            }

            changed.Add(reader.GetInt32(2));
            contacts = reader.GetInt32(3);
        }

        // The commit comes after the last result; disposing the reader would not report its failure.
        while (await reader.NextResultAsync())
        {
        }

        return (contacts, [.. changed]);
    }
}
