using System.Collections.Immutable;
using Crm.Segments.V1;

namespace TagSegments.Segments.Index;

/// <summary>Reads the saved segments of an account for evaluation.</summary>
internal static class DefinitionStore
{
    /// <summary>Loads all of them as of a snapshot.</summary>
    public static async Task<ImmutableDictionary<string, SegmentDefinition>> LoadAsync(Snapshot snapshot, CancellationToken ct)
    {
        const string sql = """
            SELECT segment_id::text, name, version, filter
            FROM segments.segment
            WHERE account_id = @AccountId
            """;
        var rows = await snapshot.QueryAsync<(string SegmentId, string Name, int Version, string Filter)>(
            sql, new { snapshot.AccountId }, ct);
        return rows.ToImmutableDictionary(
            row => row.SegmentId, row => new SegmentDefinition(row.SegmentId, row.Name, row.Version, Filter.Parser.ParseJson(row.Filter)));
    }
}
