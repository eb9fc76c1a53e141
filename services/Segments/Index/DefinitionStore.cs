using System.Collections.Immutable;
using Crm.Segments.V1;
using TagSegments.Segments.Definitions;

namespace TagSegments.Segments.Index;

/// <summary>Reads the saved segments and smart lists of an account, for evaluation.</summary>
internal static class DefinitionStore
{
    /// <summary>Loads all segments as of a snapshot.</summary>
    public static async Task<ImmutableDictionary<string, SegmentDefinition>> LoadAsync(Snapshot snapshot, CancellationToken ct)
    {
        const string sql = """
            SELECT segment_id::text, name, version, filter AS filter_json, must_include, must_exclude, expectations_author, expectations_at
            FROM segments.segment
            WHERE account_id = @AccountId
            """;
        var rows = await snapshot.QueryAsync<SegmentRow>(sql, new { snapshot.AccountId }, ct);
        return rows.ToImmutableDictionary(row => row.SegmentId, row => row.ToDefinition());
    }

    /// <summary>Loads all smart lists as of a snapshot.</summary>
    public static async Task<SmartListIndex> LoadSmartListsAsync(Snapshot snapshot, CancellationToken ct)
    {
        const string sql = """
            SELECT smart_list_id::text, name, description, filter AS filter_json, coalesce(include_tag_id, 0) AS include_tag_id,
                   coalesce(exclude_tag_id, 0) AS exclude_tag_id, columns, sort_column, sort_descending, version, created_at, updated_at
            FROM segments.smart_list
            WHERE account_id = @AccountId
            """;
        var rows = await snapshot.QueryAsync<SmartListRow>(sql, new { snapshot.AccountId }, ct);
        return new SmartListIndex([.. rows.Select(row => row.ToDefinition())]);
    }

    // Dapper gives arrays to properties only, not to constructors.
    private sealed record SegmentRow
    {
        public string SegmentId { get; init; } = "";

        public string Name { get; init; } = "";

        public int Version { get; init; }

        public string FilterJson { get; init; } = "";

        public int[] MustInclude { get; init; } = [];

        public int[] MustExclude { get; init; } = [];

        public string ExpectationsAuthor { get; init; } = "";

        public DateTime? ExpectationsAt { get; init; }

        public SegmentDefinition ToDefinition() => new(
            SegmentId,
            Name,
            Version,
            Filter.Parser.ParseJson(FilterJson),
            new Expectations(MustInclude, MustExclude, ExpectationsAuthor, ExpectationsAt));
    }

    private sealed record SmartListRow
    {
        public string SmartListId { get; init; } = "";

        public string Name { get; init; } = "";

        public string Description { get; init; } = "";

        public string FilterJson { get; init; } = "";

        public int IncludeTagId { get; init; }

        public int ExcludeTagId { get; init; }

        public string[] Columns { get; init; } = [];

        public string SortColumn { get; init; } = "";

        public bool SortDescending { get; init; }

        public int Version { get; init; }

        public DateTime CreatedAt { get; init; }

        public DateTime UpdatedAt { get; init; }

        public SmartListDefinition ToDefinition() => new(
            SmartListId, Name, Description, Filter.Parser.ParseJson(FilterJson), IncludeTagId, ExcludeTagId, Columns, SortColumn, SortDescending,
            Version, CreatedAt, UpdatedAt);
    }
}
