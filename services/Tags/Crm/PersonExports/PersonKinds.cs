namespace TagSegments.Tags.Crm.PersonExports;

/// <summary>What this service has about a person.</summary>
internal static class PersonKinds
{
    /// <summary>The kinds of records, in the order of the document.</summary>
    public static IReadOnlyList<PersonRecordKind> All { get; } =
    [
        new("contacts", $"""
            SELECT to_jsonb(r) - 'account_id' || jsonb_build_object('fields', {Named("r")})
            FROM crm.contact r
            WHERE account_id = @accountId AND contact_id = ANY (@contactIds)
            ORDER BY contact_id
            """),
        new("contact_changes", """
            SELECT to_jsonb(c) - 'account_id'
            FROM crm.contact_change c
            WHERE account_id = @accountId AND contact_id = ANY (@contactIds)
            ORDER BY pos, seq
            """),
        new("tags", """
            SELECT jsonb_build_object('contact_id', p.contact_id, 'tag_id', t.tag_id, 'tag', t.name)
            FROM unnest(@contactIds) AS p (contact_id)
            JOIN tags.tag_chunk c ON c.account_id = @accountId AND c.chunk = p.contact_id / 16384 AND get_bit(c.bits, p.contact_id % 16384) = 1
            JOIN tags.tag t ON t.account_id = c.account_id AND t.tag_id = c.tag_id
            ORDER BY p.contact_id, t.tag_id
            """),
        new("tag_changes", """
            SELECT to_jsonb(c) - 'account_id' - 'bits' - 'chunk' || jsonb_build_object('contact_id', p.contact_id, 'tag', t.name)
            FROM unnest(@contactIds) AS p (contact_id)
            JOIN tags.tag_change c ON c.account_id = @accountId AND c.chunk = p.contact_id / 16384
                AND (c.contact_id = p.contact_id OR (c.contact_id IS NULL AND get_bit(c.bits, p.contact_id % 16384) = 1))
            LEFT JOIN tags.tag t ON t.account_id = c.account_id AND t.tag_id = c.tag_id
            ORDER BY p.contact_id, c.pos, c.seq
            """),
        new("tag_expiries", """
            SELECT to_jsonb(e) - 'account_id'
            FROM tags.tag_expiry e
            WHERE account_id = @accountId AND contact_id = ANY (@contactIds)
            ORDER BY contact_id, tag_id
            """),
        new("opportunities", $"""
            SELECT to_jsonb(r) - 'account_id' || jsonb_build_object('fields', {Named("r")})
            FROM crm.opportunity r
            WHERE account_id = @accountId AND opportunity_id IN ({OpportunityIds})
            ORDER BY opportunity_id
            """),
        new("opportunity_changes", $"""
            SELECT to_jsonb(c) - 'account_id'
            FROM crm.opportunity_change c
            WHERE account_id = @accountId AND opportunity_id IN ({OpportunityIds})
            ORDER BY opportunity_id, pos, seq
            """),
        new("stage_changes", $"""
            SELECT to_jsonb(c) - 'account_id'
            FROM crm.stage_change c
            WHERE account_id = @accountId AND opportunity_id IN ({OpportunityIds})
            ORDER BY opportunity_id, at
            """),
        new("erasures", """
            SELECT to_jsonb(e) - 'account_id' - 'asked_by' - 'due_at'
            FROM crm.erasure e
            WHERE account_id = @accountId AND contact_id = ANY (@contactIds)
            ORDER BY contact_id
            """),
    ];

    // Those of the contacts now, and deleted ones that were theirs.
    private const string OpportunityIds = """
        SELECT o.opportunity_id
        FROM crm.opportunity o
        WHERE o.account_id = @accountId AND (o.contact_id = ANY (@contactIds) OR (o.contact_id IS NULL AND o.opportunity_id IN (
            SELECT (c.before ->> 'opportunity_id')::int
            FROM crm.contact_change c
            WHERE c.account_id = @accountId AND c.contact_id = ANY (@contactIds) AND c.before ? 'opportunity_id')))
        """;

    // Custom fields by their keys.
    private static string Named(string row) => $"""
        (SELECT coalesce(jsonb_object_agg(f.key, v.value), jsonb_build_object())
        FROM jsonb_each({row}.fields) AS v
        JOIN crm.field f ON f.account_id = {row}.account_id AND f.field_id = v.key::int)
        """;
}
