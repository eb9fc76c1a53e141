using System.Globalization;
using Crm.Segments.V1;
using Dapper;
using Npgsql;
using TagSegments.Segments.Filters;

namespace TagSegments.Segments.Definitions;

/// <summary>What segments and smart lists refer to, kept so that where-used is a query; inside the caller's transaction.</summary>
internal sealed class ReferenceStore(NpgsqlTransaction transaction, int accountId)
{
    /// <summary>Replaces the references of a segment or smart list.</summary>
    public Task ReplaceAsync(Guid owner, FilterReferences references, CancellationToken ct)
    {
        const string sql = """
            DELETE FROM segments.reference
            WHERE account_id = @accountId AND segment_id = @owner;

            INSERT INTO segments.reference (account_id, segment_id, kind, target)
            SELECT @accountId, @owner, kind, target
            FROM unnest(@kinds, @targets) AS r (kind, target);
            """;
        var rows = Rows(references);
        var parameters = new
        {
            accountId,
            owner,
            kinds = rows.Select(row => row.Kind).ToArray(),
            targets = rows.Select(row => row.Target).ToArray(),
        };
        return transaction.Connection!.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: ct));
    }

    /// <summary>Lists what refers to something, segments before smart lists and each by name, behind a resource and name.</summary>
    public async Task<List<Usage>> UsersAsync(string kind, string target, (string Resource, string Name)? after, int limit, CancellationToken ct)
    {
        const string sql = """
            SELECT resource, id, name
            FROM (
                SELECT 'segment' AS resource, s.segment_id::text AS id, s.name COLLATE "C" AS name
                FROM segments.reference r
                JOIN segments.segment s USING (account_id, segment_id)
                WHERE r.account_id = @accountId AND r.kind = @kind AND r.target = @target
                UNION ALL
                SELECT 'smart_list', l.smart_list_id::text, l.name COLLATE "C"
                FROM segments.reference r
                JOIN segments.smart_list l ON l.account_id = r.account_id AND l.smart_list_id = r.segment_id
                WHERE r.account_id = @accountId AND r.kind = @kind AND r.target = @target) AS u
            WHERE @name::text IS NULL OR (resource, name) > (@resource, @name)
            ORDER BY resource, name
            LIMIT @limit
            """;
        var parameters = new { accountId, kind, target, resource = after?.Resource, name = after?.Name, limit };
        var rows = await transaction.Connection!.QueryAsync<(string Resource, string Id, string Name)>(
            new CommandDefinition(sql, parameters, transaction, cancellationToken: ct));
        return [.. rows.Select(row => new Usage { Resource = row.Resource, Id = row.Id, Name = row.Name })];
    }

    private static List<(string Kind, string Target)> Rows(FilterReferences references) =>
    [
        .. references.TagIds.Select(id => ("tag", id.ToString(CultureInfo.InvariantCulture))),
        .. references.FieldIds.Select(id => ("field", id.ToString(CultureInfo.InvariantCulture))),
        .. references.CampaignIds.Select(id => ("campaign", id)),
        .. references.SegmentIds.Select(id => ("segment", id)),
    ];
}
