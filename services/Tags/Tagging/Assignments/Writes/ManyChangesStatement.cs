using Npgsql;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Tagging.Assignments.Writes;

/// <summary>
/// Applies the changes of a group in one statement: locks the chunks in order, separates good changes from bad ones, turns the bits over,
/// moves the clock if anything changed and writes the log, with what changed in the order of the group. A pair of tag and contact may be in
/// a group only once. It shares the lock on the library only where it creates chunks: a deletion or merge of a tag locks the tag's chunks and
/// drops them, so a chunk that can be written belongs to a tag that exists. An account with a living contact has a row for its clock, because
/// the creation of the contact was a change. For connections of <see cref="GenericPlanPool"/>: hence the account in <c>asked</c>, because the
/// planner must not take a condition on it alone for as good as the whole key.
/// </summary>
internal static class ManyChangesStatement
{
    private const string Apply = $"""
        WITH {Sql.Causes},
        asked AS (
            SELECT $1 AS account_id, p.seq - 1 AS seq, p.number, p.contact_id, p.tag_id, p.adds, p.cause,
                greatest(p.contact_id, 0) / 16384 AS chunk, greatest(p.contact_id, 0) % 16384 AS bit
            FROM unnest($8::int[], $9::int[], $10::int[], $11::boolean[], $12::int[])
                WITH ORDINALITY AS p (number, contact_id, tag_id, adds, cause, seq)),
        locked AS (
            SELECT t.tag_id, t.chunk, t.bits
            FROM (SELECT DISTINCT account_id, tag_id, chunk FROM asked) AS a
            JOIN tags.tag_chunk t USING (account_id, tag_id, chunk)
            ORDER BY t.tag_id, t.chunk
            FOR NO KEY UPDATE OF t),
        known AS MATERIALIZED (
            SELECT a.*, l.bits IS NOT NULL OR NOT a.adds AS has_chunk, coalesce(get_bit(l.bits, a.bit), 0) <> a.adds::int AS differs,
                a.contact_id > 0 AND coalesce((
                    SELECT get_bit(t.bits, a.bit) = 1 FROM tags.tag_chunk t
                    WHERE t.account_id = $1 AND t.tag_id = 0 AND t.chunk = a.chunk), false) AS lives,
                coalesce((
                    SELECT g.deleted_at IS NULL FROM tags.tag g
                    WHERE g.account_id = $1 AND g.tag_id = a.tag_id), false) AS known
            FROM asked a
            LEFT JOIN locked l ON l.tag_id = a.tag_id AND l.chunk = a.chunk),
        judged AS (
            SELECT *, bool_and(lives AND known AND has_chunk) OVER (PARTITION BY number) AS good
            FROM known),
        changed AS (
            SELECT *
            FROM judged
            WHERE good AND differs),
        written AS (
            UPDATE tags.tag_chunk t
            SET bits = CASE WHEN m.changes = 1 THEN set_bit(t.bits, m.bit, m.adds::int) ELSE t.bits & ~m.removed | m.added END
            FROM (
                SELECT account_id, tag_id, chunk, count(*) AS changes, min(bit) AS bit, bool_or(adds) AS adds,
                    bit_or(CASE WHEN adds THEN set_bit({Sql.Zero}, bit, 1) ELSE {Sql.Zero} END) AS added,
                    bit_or(CASE WHEN adds THEN {Sql.Zero} ELSE set_bit({Sql.Zero}, bit, 1) END) AS removed
                FROM changed
                GROUP BY account_id, tag_id, chunk) AS m
            WHERE t.account_id = m.account_id AND t.tag_id = m.tag_id AND t.chunk = m.chunk),
        {Sql.MoveClock},
        logged AS (
            INSERT INTO tags.tag_change (account_id, pos, seq, tag_id, op, contact_id, chunk,
                {Sql.CauseColumns})
            SELECT $1, clock.pos, c.seq, c.tag_id, CASE WHEN c.adds THEN {TagOps.Added} ELSE {TagOps.Removed} END, c.contact_id, c.chunk,
                {Sql.CauseOfRow}, clock.at
            FROM clock
            CROSS JOIN changed c
            JOIN cause ON cause.number = c.cause)
        SELECT j.number, j.tag_id, j.lives, j.known, j.has_chunk, j.seq IN (SELECT seq FROM changed),
            coalesce(clock.pos, (SELECT pos FROM crm.clock WHERE account_id = $1)),
            coalesce(clock.nonce, (SELECT nonce FROM crm.clock WHERE account_id = $1))
        FROM judged j
        LEFT JOIN clock ON true
        ORDER BY j.seq
        """;

    private const int Columns = 8;

    // Chunks must exist to be locked.
    private const string EnsureChunks = $"""
        INSERT INTO tags.tag_chunk (account_id, tag_id, chunk, bits)
        SELECT DISTINCT $1, p.tag_id, p.contact_id / 16384, {Sql.Zero}
        FROM unnest($2::int[], $3::int[]) AS p (tag_id, contact_id)
        JOIN tags.tag ON tag.account_id = $1 AND tag.tag_id = p.tag_id AND tag.deleted_at IS NULL
        JOIN tags.tag_chunk living ON living.account_id = $1 AND living.tag_id = 0 AND living.chunk = p.contact_id / 16384
        WHERE p.contact_id > 0
        ORDER BY 2, 3
        ON CONFLICT DO NOTHING
        """;

    /// <summary>Adds the statements that apply the group to a batch, and first, if requested, the statements that create its chunks.</summary>
    public static void Add(NpgsqlBatch batch, int accountId, IReadOnlyList<PendingChange> group, bool ensureChunks)
    {
        var pairs = group.SelectMany((change, number) => change.TagIds.Select(tagId => (Number: number, Change: change, TagId: tagId))).ToArray();
        var causes = group.Select(change => change.Cause).Distinct().ToList();
        var tagIds = Array.ConvertAll(pairs, pair => pair.TagId);
        var contactIds = Array.ConvertAll(pairs, pair => pair.Change.ContactId);
        if (ensureChunks)
        {
            AccountTransaction.ShareLibrary(batch, accountId);
            batch.Add(EnsureChunks, accountId, tagIds, contactIds);
        }

        batch.Add(
            Apply,
            [
                accountId,
                .. ChangeCause.Columns(causes),
                Array.ConvertAll(pairs, pair => pair.Number),
                contactIds,
                tagIds,
                Array.ConvertAll(pairs, pair => pair.Change.On),
                Array.ConvertAll(pairs, pair => causes.IndexOf(pair.Change.Cause)),
            ]);
    }

    /// <summary>Runs the batch and reads the outcome of each change of the group.</summary>
    public static async Task<ChangeVerdicts> RunAsync(NpgsqlBatch batch, int size, CancellationToken ct)
    {
        // Prepared once for each connection of the pool.
        await batch.PrepareAsync(ct);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        while (reader.FieldCount < Columns)
        {
            await reader.NextResultAsync(ct);
        }

        var result = new ChangeVerdicts(size);
        while (await reader.ReadAsync(ct))
        {
            var (number, tagId) = (reader.GetInt32(0), reader.GetInt32(1));
            result.Judge(number, tagId, lives: reader.GetBoolean(2), known: reader.GetBoolean(3), hasChunk: reader.GetBoolean(4));
            if (reader.GetBoolean(5))
            {
                result.Changed[number].Add(tagId);
            }

            result.Position = reader.IsDBNull(6) ? new ClockPosition(0, Guid.Empty) : new ClockPosition(reader.GetInt64(6), reader.GetGuid(7));
        }

        // The commit comes after the last result; disposing the reader would not report its failure.
        while (await reader.NextResultAsync(ct))
        {
        }

        return result;
    }
}
