using Dapper;
using Npgsql;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Tagging.Reports;

/// <summary>Counts over bitmaps, of today and of the past.</summary>
internal sealed class ReportStore(AccountDatabase database)
{
    /// <summary>
    /// Counts the living holders of tags at instants. The bits of an instant are the present ones with all later changes undone; a change is undone
    /// by XOR: it names exactly the bits that it turned over.
    /// </summary>
    public async Task<Dictionary<(int TagId, int Index), int>> HistoryAsync(
        int accountId, int[] tagIds, DateTime[] times, CancellationToken ct)
    {
        const string sql = $"""
            SELECT w.tag_id, i.number::int - 1, coalesce(sum(bit_count((t.bits # past.bits) & (living.bits # past_living.bits))), 0)::int
            FROM unnest(@tagIds) AS w (tag_id)
            CROSS JOIN unnest(@times) WITH ORDINALITY AS i (time, number)
            LEFT JOIN LATERAL (
                -- Deleting and restoring a tag drops its empty chunks, which may once have had contacts.
                SELECT u.chunk, coalesce(bit_or(u.bits), {Sql.Zero}) AS bits
                FROM (
                    SELECT chunk, bits FROM tags.tag_chunk WHERE account_id = @accountId AND tag_id = w.tag_id
                    UNION ALL
                    SELECT chunk, NULL FROM tags.tag_change WHERE account_id = @accountId AND tag_id = w.tag_id) AS u
                GROUP BY u.chunk) AS t ON true
            LEFT JOIN tags.tag_chunk living ON living.account_id = @accountId AND living.tag_id = 0 AND living.chunk = t.chunk
            CROSS JOIN LATERAL (
                SELECT coalesce(bit_xor({Sql.ChangedBits}), {Sql.Zero}) AS bits
                FROM tags.tag_change c
                WHERE c.account_id = @accountId AND c.tag_id = w.tag_id AND c.chunk = t.chunk AND c.at > i.time) AS past
            CROSS JOIN LATERAL (
                SELECT coalesce(bit_xor({Sql.ChangedBits}), {Sql.Zero}) AS bits
                FROM tags.tag_change c
                WHERE c.account_id = @accountId AND c.tag_id = 0 AND c.chunk = t.chunk AND c.at > i.time) AS past_living
            GROUP BY w.tag_id, i.number
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var rows = await connection.QueryAsync<(int TagId, int Index, int Count)>(
            new CommandDefinition(sql, new { accountId, tagIds, times }, cancellationToken: ct));
        return rows.ToDictionary(row => (row.TagId, row.Index), row => row.Count);
    }

    /// <summary>Counts the living contacts that have both tags, for each pair.</summary>
    public async Task<Dictionary<(int First, int Second), int>> OverlapAsync(int accountId, int[] tagIds, CancellationToken ct)
    {
        const string sql = """
            SELECT a.tag_id, b.tag_id, sum(bit_count(a.bits & b.bits & living.bits))::int
            FROM tags.tag_chunk a
            JOIN tags.tag_chunk b ON b.account_id = a.account_id AND b.chunk = a.chunk AND b.tag_id = ANY (@tagIds)
            JOIN tags.tag_chunk living ON living.account_id = a.account_id AND living.tag_id = 0 AND living.chunk = a.chunk
            WHERE a.account_id = @accountId AND a.tag_id = ANY (@tagIds)
            GROUP BY a.tag_id, b.tag_id
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var rows = await connection.QueryAsync<(int First, int Second, int Count)>(
            new CommandDefinition(sql, new { accountId, tagIds }, cancellationToken: ct));
        return rows.ToDictionary(row => (row.First, row.Second), row => row.Count);
    }
}
