using Crm.Segments.V1;
using Dapper;
using Npgsql;

namespace TagSegments.Segments.Definitions.Versions;

/// <summary>The versions of segments in PostgreSQL, inside the caller's transaction. They outlive their segment.</summary>
internal sealed class VersionStore(NpgsqlTransaction transaction, int accountId)
{
    private const string Columns = "segment_id::text, version, name, filter AS filter_json, author, created_at";

    /// <summary>Lists versions below a number, newest first.</summary>
    public Task<Page<VersionRow>> ListAsync(Guid segmentId, int before, int size, CancellationToken ct)
    {
        const string sql = $"""
            SELECT {Columns}
            FROM segments.segment_version
            WHERE account_id = @accountId AND segment_id = @segmentId AND version < @before
            ORDER BY version DESC
            LIMIT @limit
            """;
        return transaction.Connection!.QueryPageAsync(
            Command(sql, new { accountId, segmentId, before, limit = size + 1 }, ct), new Page<VersionRow>(size, row => row.FilterJson.Length));
    }

    /// <summary>Finds a version.</summary>
    public Task<VersionRow?> FindAsync(Guid segmentId, int version, CancellationToken ct)
    {
        const string sql = $"""
            SELECT {Columns}
            FROM segments.segment_version
            WHERE account_id = @accountId AND segment_id = @segmentId AND version = @version
            """;
        return transaction.Connection!.QuerySingleOrDefaultAsync<VersionRow>(Command(sql, new { accountId, segmentId, version }, ct));
    }

    private CommandDefinition Command(string sql, object parameters, CancellationToken ct) => new(sql, parameters, transaction, cancellationToken: ct);
}

/// <summary>A version of a segment as it is stored.</summary>
internal sealed record VersionRow(string SegmentId, int Version, string Name, string FilterJson, string Author, DateTime CreatedAt)
{
    /// <summary>The filter.</summary>
    public Filter Filter { get; } = Filter.Parser.ParseJson(FilterJson);
}
