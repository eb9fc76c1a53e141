namespace TagSegments.Benchmarks.Segments;

/// <summary>A question about the generated account: as our text, as SQL on rows, as SQL on our chunks where that can say it.</summary>
internal sealed record Question(string Name, string Text, string RowSql, string? ChunkSql, double TargetOfEmpty)
{
    private const string Rows = "bench.contact_tag";

    public static IReadOnlyList<Question> All { get; } =
    [
        new(
            "count of one tag",
            "has tag \"Tag 1\"",
            $"SELECT count(*) FROM {Rows} WHERE account_id = @AccountId AND tag_id = 1",
            "SELECT sum(bit_count(bits)) FROM tags.tag_chunk WHERE account_id = @AccountId AND tag_id = 1",
            2.5),
        new(
            "count of A AND B AND NOT C",
            "has tag \"Tag 1\" AND has tag \"Tag 2\" AND NOT has tag \"Tag 15\"",
            $"""
            SELECT count(*) FROM {Rows} a JOIN {Rows} b USING (account_id, contact_id)
            WHERE a.account_id = @AccountId AND a.tag_id = 1 AND b.tag_id = 2
                AND NOT EXISTS (SELECT 1 FROM {Rows} c WHERE c.account_id = @AccountId AND c.tag_id = 15 AND c.contact_id = a.contact_id)
            """,
            """
            SELECT sum(bit_count(a.bits & b.bits & ~coalesce(c.bits, repeat('0', 16384)::bit(16384))))
            FROM tags.tag_chunk a
            JOIN tags.tag_chunk b ON b.account_id = a.account_id AND b.tag_id = 2 AND b.chunk = a.chunk
            LEFT JOIN tags.tag_chunk c ON c.account_id = a.account_id AND c.tag_id = 15 AND c.chunk = a.chunk
            WHERE a.account_id = @AccountId AND a.tag_id = 1
            """,
            2.5),
        new(
            "count over five tags",
            "has tag \"Tag 3\" AND has any tag (\"Tag 4\", \"Tag 7\") AND has none of tags (\"Tag 11\", \"Tag 13\")",
            $"""
            SELECT count(*) FROM {Rows} a
            WHERE a.account_id = @AccountId AND a.tag_id = 3
                AND EXISTS (SELECT 1 FROM {Rows} b WHERE b.account_id = @AccountId AND b.tag_id IN (4, 7) AND b.contact_id = a.contact_id)
                AND NOT EXISTS (SELECT 1 FROM {Rows} c WHERE c.account_id = @AccountId AND c.tag_id IN (11, 13) AND c.contact_id = a.contact_id)
            """,
            """
            SELECT sum(bit_count(a.bits & (coalesce(b.bits, z) | coalesce(d.bits, z)) & ~(coalesce(e.bits, z) | coalesce(f.bits, z))))
            FROM tags.tag_chunk a
            CROSS JOIN (SELECT repeat('0', 16384)::bit(16384) AS z) zero
            LEFT JOIN tags.tag_chunk b ON b.account_id = a.account_id AND b.tag_id = 4 AND b.chunk = a.chunk
            LEFT JOIN tags.tag_chunk d ON d.account_id = a.account_id AND d.tag_id = 7 AND d.chunk = a.chunk
            LEFT JOIN tags.tag_chunk e ON e.account_id = a.account_id AND e.tag_id = 11 AND e.chunk = a.chunk
            LEFT JOIN tags.tag_chunk f ON f.account_id = a.account_id AND f.tag_id = 13 AND f.chunk = a.chunk
            WHERE a.account_id = @AccountId AND a.tag_id = 3
            """,
            2.5),
        new(
            "has tag AND opened email in last 7 days",
            "has tag \"Tag 12\" AND opened email in last 7 days",
            $"""
            SELECT count(*) FROM {Rows} t JOIN campaigns.contact_activity a USING (account_id, contact_id)
            WHERE t.account_id = @AccountId AND t.tag_id = 12 AND a.last_opened_at >= now() - interval '7 days'
            """,
            null,
            4),
        new(
            "no email opened in last 90 days",
            "NOT opened email in last 90 days",
            """
            SELECT (SELECT count(*) FROM crm.contact WHERE account_id = @AccountId AND deleted_at IS NULL)
                - (SELECT count(*) FROM campaigns.contact_activity WHERE account_id = @AccountId AND last_opened_at >= now() - interval '90 days')
            """,
            null,
            4),
        new(
            "tag, opened, custom field and stage",
            "has tag \"Tag 12\" AND opened email in last 7 days AND country = \"DE\" AND has opportunity (stage = \"Stage 2\")",
            $"""
            SELECT count(*) FROM {Rows} t
            JOIN campaigns.contact_activity a USING (account_id, contact_id)
            JOIN crm.contact c USING (account_id, contact_id)
            WHERE t.account_id = @AccountId AND t.tag_id = 12 AND a.last_opened_at >= now() - interval '7 days' AND c.fields ->> '1' = 'DE'
                AND EXISTS (SELECT 1 FROM crm.opportunity o WHERE o.account_id = @AccountId AND o.contact_id = t.contact_id AND o.stage_id = 2)
            """,
            null,
            6),
    ];
}
