using System.Globalization;
using Crm.Errors.V1;
using Crm.Segments.V1;
using Dapper;
using Grpc.Core;
using Npgsql;
using TagSegments.Filters.Facts;

namespace TagSegments.Segments.Definitions;

/// <summary>
/// The references of segments and smart lists, kept so that where-used is a query, and the references that other services report; inside the
/// caller's transaction.
/// </summary>
internal sealed class ReferenceStore(NpgsqlTransaction transaction, int accountId)
{
    private const int MostNamed = 100;

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

    /// <summary>Throws FAILED_PRECONDITION with reason IN_USE if something refers to a segment or smart list.</summary>
    public async Task RequireUnusedAsync(string kind, string id, string name, CancellationToken ct)
    {
        var users = await UsersAsync(kind, id, null, MostNamed, ct);
        if (users.Count > 0)
        {
            throw RpcErrors.Create(
                StatusCode.FailedPrecondition,
                ErrorReason.InUse,
                $"The {kind.Replace('_', ' ')} \"{name}\" is used by {string.Join(", ", users.Select(user => $"the {user.Resource.Replace('_', ' ')} \"{user.Name}\""))}.",
                ("resource", kind),
                ("id", id),
                ("used_by", string.Join(", ", users.Select(user => $"{user.Resource}:{user.Name}"))));
        }
    }

    /// <summary>Lists the users of something, by kind and name, after a kind and name.</summary>
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
                WHERE r.account_id = @accountId AND r.kind = @kind AND r.target = @target
                UNION ALL
                SELECT 'campaign', c.campaign_id::text, c.name COLLATE "C"
                FROM campaigns.segment_usages c
                WHERE c.account_id = @accountId AND c.kind = @kind AND c.target = @target
                UNION ALL
                SELECT 'workflow', w.workflow_id::text, w.name COLLATE "C"
                FROM workflows.segment_usages w
                WHERE w.account_id = @accountId AND w.kind = @kind AND w.target = @target) AS u
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
