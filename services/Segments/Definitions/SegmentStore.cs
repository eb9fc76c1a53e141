using System.Globalization;
using Crm.Segments.V1;
using Dapper;
using Npgsql;
using TagSegments.Segments.Filters;

namespace TagSegments.Segments.Definitions;

/// <summary>The saved segments in PostgreSQL, inside the caller's transaction.</summary>
internal sealed class SegmentStore(NpgsqlTransaction transaction, int accountId)
{
    private const string Columns = "segment_id::text, name, description, filter AS filter_json, version, created_at, updated_at";

    /// <summary>
    /// Moves the account's definition clock. Call it before anything is read for a change: from here to the commit, no other change of
    /// this account's segments runs.
    /// </summary>
    public Task MoveClockAsync(CancellationToken ct)
    {
        const string sql = """
            INSERT INTO segments.clock AS c (account_id, pos, nonce)
            VALUES (@accountId, 1, gen_random_uuid())
            ON CONFLICT (account_id) DO UPDATE SET pos = c.pos + 1, nonce = excluded.nonce
            """;
        return ExecuteAsync(sql, new { accountId }, ct);
    }

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

    /// <summary>Lists segments by name, behind a name.</summary>
    public async Task<List<SegmentRow>> ListAsync(string? after, int limit, CancellationToken ct)
    {
        const string sql = $"""
            SELECT {Columns}
            FROM segments.segment
            WHERE account_id = @accountId AND (@after::text IS NULL OR name COLLATE "C" > @after)
            ORDER BY name COLLATE "C"
            LIMIT @limit
            """;
        return (await transaction.Connection!.QueryAsync<SegmentRow>(Command(sql, new { accountId, after, limit }, ct))).AsList();
    }

    /// <summary>Gets the references among the account's segments: who refers to whom.</summary>
    public async Task<ILookup<string, string>> SegmentReferencesAsync(CancellationToken ct)
    {
        const string sql = """
            SELECT segment_id::text, target
            FROM segments.reference
            WHERE account_id = @accountId AND kind = 'segment'
            """;
        var rows = await transaction.Connection!.QueryAsync<(string SegmentId, string Target)>(Command(sql, new { accountId }, ct));
        return rows.ToLookup(row => row.SegmentId, row => row.Target);
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

            DELETE FROM segments.reference
            WHERE account_id = @accountId AND segment_id = @segmentId;

            INSERT INTO segments.reference (account_id, segment_id, kind, target)
            SELECT @accountId, @segmentId, kind, target
            FROM unnest(@kinds, @targets) AS r (kind, target);
            """;
        var references = References(segment.Filter);
        await ExecuteAsync(
            sql,
            new
            {
                accountId,
                segmentId = Guid.Parse(segment.SegmentId),
                segment.Name,
                segment.Description,
                filter = segment.FilterJson,
                segment.Version,
                segment.CreatedAt,
                segment.UpdatedAt,
                author,
                kinds = references.Select(reference => reference.Kind).ToArray(),
                targets = references.Select(reference => reference.Target).ToArray(),
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

    /// <summary>Gets the names of the segments that refer to another one.</summary>
    public async Task<IReadOnlyList<string>> UsersOfAsync(Guid segmentId, CancellationToken ct)
    {
        const string sql = """
            SELECT s.name
            FROM segments.reference r
            JOIN segments.segment s USING (account_id, segment_id)
            WHERE r.account_id = @accountId AND r.kind = 'segment' AND r.target = @target AND s.segment_id <> @segmentId
            ORDER BY s.name COLLATE "C"
            LIMIT 20
            """;
        var rows = await transaction.Connection!.QueryAsync<string>(
            Command(sql, new { accountId, target = segmentId.ToString(), segmentId }, ct));
        return rows.AsList();
    }

    private static List<(string Kind, string Target)> References(Filter filter)
    {
        var references = FilterReferences.Of(filter);
        return
        [
            .. references.TagIds.Select(id => ("tag", id.ToString(CultureInfo.InvariantCulture))),
            .. references.FieldIds.Select(id => ("field", id.ToString(CultureInfo.InvariantCulture))),
            .. references.CampaignIds.Select(id => ("campaign", id)),
            .. references.SegmentIds.Select(id => ("segment", id)),
        ];
    }

    private Task ExecuteAsync(string sql, object parameters, CancellationToken ct) =>
        transaction.Connection!.ExecuteAsync(Command(sql, parameters, ct));

    private CommandDefinition Command(string sql, object parameters, CancellationToken ct) =>
        new(sql, parameters, transaction, cancellationToken: ct);
}
