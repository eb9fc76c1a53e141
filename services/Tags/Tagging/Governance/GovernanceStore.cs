using Crm.Tags.V1;
using Dapper;
using Npgsql;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Tagging.Library;

namespace TagSegments.Tags.Tagging.Governance;

/// <summary>The reads of governance in the database.</summary>
internal sealed class GovernanceStore(AccountDatabase database)
{
    /// <summary>Reads of every tag whether a living contact has it and when it last came or went; that is null if it never did.</summary>
    public async Task<Dictionary<int, (bool Used, DateTime? ChangedAt)>> UseAsync(int accountId, CancellationToken ct)
    {
        const string sql = """
            SELECT t.tag_id,
                EXISTS (SELECT FROM tags.tag_chunk c
                        JOIN tags.tag_chunk living ON living.account_id = c.account_id AND living.tag_id = 0 AND living.chunk = c.chunk
                        WHERE c.account_id = t.account_id AND c.tag_id = t.tag_id AND bit_count(c.bits & living.bits) > 0),
                (SELECT h.at FROM tags.tag_change h
                 WHERE h.account_id = t.account_id AND h.tag_id = t.tag_id
                 ORDER BY h.pos DESC
                 LIMIT 1)
            FROM tags.tag t
            WHERE t.account_id = @accountId AND t.deleted_at IS NULL
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var rows = await connection.QueryAsync<(int TagId, bool Used, DateTime? ChangedAt)>(
            new CommandDefinition(sql, new { accountId }, cancellationToken: ct));
        return rows.ToDictionary(row => row.TagId, row => (row.Used, row.ChangedAt));
    }

    /// <summary>Counts the living holders of a tag, and how many of them lack another tag.</summary>
    public async Task<(int Holders, int Without)> CompareAsync(int accountId, int tagId, int otherId, CancellationToken ct)
    {
        const string sql = $"""
            SELECT coalesce(sum(bit_count(c.bits & living.bits)), 0)::int,
                coalesce(sum(bit_count(c.bits & living.bits & ~coalesce(other.bits, {Sql.Zero}))), 0)::int
            FROM tags.tag_chunk c
            JOIN tags.tag_chunk living ON living.account_id = c.account_id AND living.tag_id = 0 AND living.chunk = c.chunk
            LEFT JOIN tags.tag_chunk other ON other.account_id = c.account_id AND other.tag_id = @otherId AND other.chunk = c.chunk
            WHERE c.account_id = @accountId AND c.tag_id = @tagId
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        return await connection.QuerySingleAsync<(int, int)>(new CommandDefinition(sql, new { accountId, tagId, otherId }, cancellationToken: ct));
    }

    /// <summary>Reads the whole library with counts, by name, and gives each tag to <paramref name="read"/>: all of them may be more than fit in memory.</summary>
    public async Task ReadLibraryAsync(int accountId, Action<Tag> read, CancellationToken ct)
    {
        const string sql = $"""
            SELECT {TagRow.Columns}, {TagListSql.ContactCount} AS contact_count
            FROM tags.tag t
            WHERE t.account_id = @accountId AND t.deleted_at IS NULL
            ORDER BY t.name COLLATE "C"
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        await using var rows = await connection.ExecuteReaderAsync(new CommandDefinition(sql, new { accountId }, cancellationToken: ct));
        var count = rows.FieldCount - 1;
        var parse = rows.GetRowParser<TagRow>(length: count);
        while (await rows.ReadAsync(ct))
        {
            read(parse(rows).ToProto(rows.GetInt32(count)));
        }
    }
}
