using System.Globalization;
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

    private static List<(string Kind, string Target)> Rows(FilterReferences references) =>
    [
        .. references.TagIds.Select(id => ("tag", id.ToString(CultureInfo.InvariantCulture))),
        .. references.FieldIds.Select(id => ("field", id.ToString(CultureInfo.InvariantCulture))),
        .. references.CampaignIds.Select(id => ("campaign", id)),
        .. references.SegmentIds.Select(id => ("segment", id)),
    ];
}
