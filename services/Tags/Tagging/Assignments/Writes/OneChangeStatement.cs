using Npgsql;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Tagging.Assignments.Writes;

/// <summary>
/// Does what <see cref="ManyChangesStatement"/> does for a single pair of tag and contact in the usual case: everything is there, and
/// something changes. It takes a third of the time. For connections of <see cref="GenericPlanPool"/>.
/// </summary>
internal static class OneChangeStatement
{
    private const string Apply = $"""
        WITH changed AS (
            UPDATE tags.tag_chunk t
            SET bits = set_bit(t.bits, $11, $12)
            WHERE t.account_id = $1 AND t.tag_id = $8 AND t.chunk = $10 AND get_bit(t.bits, $11) <> $12 AND $9 > 0
                AND (SELECT get_bit(bits, $11) = 1 FROM tags.tag_chunk WHERE account_id = $1 AND tag_id = 0 AND chunk = $10)
                AND (SELECT deleted_at IS NULL FROM tags.tag WHERE account_id = $1 AND tag_id = $8)
            RETURNING 1),
        {Sql.MoveClock},
        logged AS (
            INSERT INTO tags.tag_change (account_id, pos, seq, tag_id, op, contact_id, chunk,
                {Sql.CauseColumns})
            SELECT $1, pos, 0, $8, CASE $12 WHEN 1 THEN {TagOps.Added} ELSE {TagOps.Removed} END, $9, $10,
                {Sql.CauseValues}, at
            FROM clock)
        SELECT pos, nonce FROM clock
        """;

    /// <summary>Checks whether a group is a single change of one tag.</summary>
    public static bool Fits(IReadOnlyList<PendingChange> group) => group is [{ TagIds.Length: 1 }];

    /// <summary>Commits the change; null if it changed nothing, whatever the cause.</summary>
    public static async Task<ClockPosition?> RunAsync(AccountDatabase database, int accountId, PendingChange change)
    {
        await using var connection = await database.OpenAsync(accountId);
        await using var batch = connection.CreateBatch();
        var contactId = Math.Max(change.ContactId, 0);
        batch.Add(
            Apply,
            [
                accountId,
                .. change.Cause.Values,
                change.TagIds[0],
                change.ContactId,
                contactId / ChunkLayout.Bits,
                contactId % ChunkLayout.Bits,
                change.On ? 1 : 0,
            ]);
        await batch.PrepareAsync();
        await using var reader = await batch.ExecuteReaderAsync();
        ClockPosition? position = await reader.ReadAsync() ? new ClockPosition(reader.GetInt64(0), reader.GetGuid(1)) : null;

        // The commit comes after the last result; disposing the reader would not report its failure.
        await reader.NextResultAsync();
        return position;
    }
}
