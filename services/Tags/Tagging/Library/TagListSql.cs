using Crm.Tags.V1;

namespace TagSegments.Tags.Tagging.Library;

/// <summary>The query of a page of the tag library, for each order.</summary>
internal static class TagListSql
{
    /// <summary>The number of living contacts with tag <c>t</c>: the bits that it shares with tag 0.</summary>
    public const string ContactCount = """
        (SELECT coalesce(sum(bit_count(c.bits & living.bits)), 0)::int
         FROM tags.tag_chunk c
         JOIN tags.tag_chunk living ON living.account_id = c.account_id AND living.tag_id = 0 AND living.chunk = c.chunk
         WHERE c.account_id = t.account_id AND c.tag_id = t.tag_id)
        """;

    private const string Matching = """
        t.account_id = @accountId
            AND (@showDeleted OR t.deleted_at IS NULL)
            AND starts_with(t.name, @prefix)
            AND strpos(lower(t.name), lower(@search)) > 0
        """;

    private const string ByName = $"""
        WITH page AS MATERIALIZED (
            SELECT *
            FROM tags.tag t
            WHERE {Matching} AND (t.name COLLATE "C", t.tag_id) > (@afterName, @afterId)
            ORDER BY t.name COLLATE "C", t.tag_id
            LIMIT @limit OFFSET @skip)
        SELECT {TagRow.Columns}, {ContactCount} AS contact_count
        FROM page t
        ORDER BY t.name COLLATE "C", t.tag_id
        """;

    private const string ByCreateTime = $"""
        WITH page AS MATERIALIZED (
            SELECT *
            FROM tags.tag t
            WHERE {Matching} AND (@afterId = 0 OR t.tag_id < @afterId)
            ORDER BY t.tag_id DESC
            LIMIT @limit OFFSET @skip)
        SELECT {TagRow.Columns}, {ContactCount} AS contact_count
        FROM page t
        ORDER BY t.tag_id DESC
        """;

    private const string ByContactCount = $"""
        SELECT {TagRow.Columns}, t.contact_count
        FROM (SELECT *, {ContactCount} AS contact_count FROM tags.tag t WHERE {Matching}) AS t
        WHERE @afterId = 0 OR (-t.contact_count, t.tag_id) > (-@afterCount, @afterId)
        ORDER BY t.contact_count DESC, t.tag_id
        LIMIT @limit OFFSET @skip
        """;

    /// <summary>Counts the tags of the list.</summary>
    public const string Count = $"SELECT count(*)::int FROM tags.tag t WHERE {Matching}";

    /// <summary>Selects by order. Numbers are given in order of creation, so they stand for the time.</summary>
    public static string For(ListTagsRequest.Types.OrderBy order) => order switch
    {
        ListTagsRequest.Types.OrderBy.ContactCount => ByContactCount,
        ListTagsRequest.Types.OrderBy.CreateTime => ByCreateTime,
        _ => ByName,
    };
}
