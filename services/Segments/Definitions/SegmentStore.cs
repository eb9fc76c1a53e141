using Dapper;
using Npgsql;
using TagSegments.Filters.Facts;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Definitions;

/// <summary>The saved segments in PostgreSQL, inside the caller's transaction.</summary>
internal sealed class SegmentStore(NpgsqlTransaction transaction, int accountId)
{
    private const string Columns = "segment_id::text, name, description, filter AS filter_json, version, created_at, updated_at";

    /// <summary>Finds a segment by id or name.</summary>
    public Task<SegmentRow?> FindAsync(Guid? segmentId, string? name, CancellationToken ct)
    {
        const string sql = $"""
            SELECT {Columns}
            FROM segments.segment
            WHERE account_id = @accountId AND (segment_id = @segmentId OR name = @name)
            """;
        return transaction.Connection!.QuerySingleOrDefaultAsync<SegmentRow>(Command(sql, new { accountId, segmentId, name }, ct));
    }

    /// <summary>Lists segments by name, after a name.</summary>
    public Task<Page<SegmentRow>> ListAsync(string? after, int size, CancellationToken ct)
    {
        const string sql = $"""
            SELECT {Columns}
            FROM segments.segment
            WHERE account_id = @accountId AND (@after::text IS NULL OR name COLLATE "C" > @after)
            ORDER BY name COLLATE "C"
            LIMIT @limit
            """;
        return transaction.Connection!.QueryPageAsync(
            Command(sql, new { accountId, after, limit = size + 1 }, ct), new Page<SegmentRow>(size, row => row.FilterJson.Length));
    }

    /// <summary>Writes a segment, its version and its references; a segment of this id is replaced.</summary>
    public async Task SaveAsync(SegmentRow segment, string author, CancellationToken ct)
    {
        const string sql = """
            INSERT INTO segments.segment (account_id, segment_id, name, description, filter, version, created_at, updated_at)
            VALUES (@accountId, @segmentId, @Name, @Description, @filter::jsonb, @Version, @CreatedAt, @UpdatedAt)
            ON CONFLICT (account_id, segment_id) DO UPDATE
            SET name = excluded.name, description = excluded.description, filter = excluded.filter, version = excluded.version,
                updated_at = excluded.updated_at;

            INSERT INTO segments.segment_version (account_id, segment_id, version, name, filter, author, created_at)
            VALUES (@accountId, @segmentId, @Version, @Name, @filter::jsonb, @author, @UpdatedAt)
            ON CONFLICT (account_id, segment_id, version) DO UPDATE SET name = excluded.name;
            """;
        var segmentId = Guid.Parse(segment.SegmentId);
        await ExecuteAsync(
            sql,
            new
            {
                accountId,
                segmentId,
                segment.Name,
                segment.Description,
                filter = segment.FilterJson,
                segment.Version,
                segment.CreatedAt,
                segment.UpdatedAt,
                author,
            },
            ct);
        await new ReferenceStore(transaction, accountId).ReplaceAsync(segmentId, FilterReferences.Of(segment.Filter), ct);
    }

    /// <summary>Replaces the expectations of a segment.</summary>
    public Task SetExpectationsAsync(string segmentId, Expectations expectations, CancellationToken ct)
    {
        const string sql = """
            UPDATE segments.segment
            SET must_include = @MustInclude, must_exclude = @MustExclude, expectations_author = @Author, expectations_at = @SetAt
            WHERE account_id = @accountId AND segment_id = @segmentId
            """;
        return ExecuteAsync(
            sql,
            new
            {
                accountId,
                segmentId = Guid.Parse(segmentId),
                expectations.MustInclude,
                expectations.MustExclude,
                expectations.Author,
                expectations.SetAt,
            },
            ct);
    }

    /// <summary>Deletes a segment; its versions stay.</summary>
    public async Task<bool> DeleteAsync(Guid segmentId, CancellationToken ct)
    {
        const string sql = """
            WITH gone AS (
                DELETE FROM segments.reference
                WHERE account_id = @accountId AND segment_id = @segmentId)
            DELETE FROM segments.segment
            WHERE account_id = @accountId AND segment_id = @segmentId
            """;
        return await transaction.Connection!.ExecuteAsync(Command(sql, new { accountId, segmentId }, ct)) == 1;
    }

    private Task ExecuteAsync(string sql, object parameters, CancellationToken ct) =>
        transaction.Connection!.ExecuteAsync(Command(sql, parameters, ct));

    private CommandDefinition Command(string sql, object parameters, CancellationToken ct) =>
        new(sql, parameters, transaction, cancellationToken: ct);
}
