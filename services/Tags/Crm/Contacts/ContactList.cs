namespace TagSegments.Tags.Crm.Contacts;

/// <summary>The statements of a list of contacts: of all that live, or with the deleted ones, or of what a search finds.</summary>
internal sealed class ContactList(string search, bool showDeleted)
{
    // The ICU collation folds the case of every script; the database's own may be "C".
    private const string Matches = """
        (external_id COLLATE "und-x-icu" ILIKE @Pattern OR email COLLATE "und-x-icu" ILIKE @Pattern
            OR phone COLLATE "und-x-icu" ILIKE @Pattern OR concat_ws(' ', first_name, last_name) COLLATE "und-x-icu" ILIKE @Pattern)
        """;

    // The living contacts after the token, counted in tag 0 chunk by chunk; `before` is how many are in the chunks before.
    private const string Chunks = """
        SELECT chunk, sum(contacts) OVER (ORDER BY chunk) - contacts AS before, contacts
        FROM (
            SELECT chunk, bit_count(CASE WHEN chunk = (@after + 1) >> 14 THEN bits & (~(0::bit(16384)) >> ((@after + 1) & 16383)) ELSE bits END)::int AS contacts
            FROM tags.tag_chunk
            WHERE account_id = @accountId AND tag_id = 0 AND chunk >= (@after + 1) >> 14) AS counted
        """;

    /// <summary>Whether the list looks at contacts that it does not show.</summary>
    public bool IsLong => search.Length > 0;

    /// <summary>The most contacts that a page can skip.</summary>
    public int MaxSkip => IsOfLiving ? int.MaxValue : PageSize.MaxSkip;

    /// <summary>The text that the search looks for, as a pattern.</summary>
    public string Pattern { get; } = $"%{Escape(search)}%";

    /// <summary>Counts the contacts of the list.</summary>
    public string CountSql => IsOfLiving
        ? "SELECT COALESCE(sum(bit_count(bits)), 0)::int FROM tags.tag_chunk WHERE account_id = @accountId AND tag_id = 0"
        : $"SELECT count(*)::int FROM crm.contact WHERE account_id = @accountId{Conditions}";

    private bool IsOfLiving => search.Length == 0 && !showDeleted;

    private string Conditions => (showDeleted ? "" : " AND deleted_at IS NULL") + (search.Length == 0 ? "" : $" AND {Matches}");

    /// <summary>Reads a page after a contact. The living ones are skipped without being read, but for those of the last chunk.</summary>
    public string PageSql(bool skips) => (skips, IsOfLiving) switch
    {
        (false, _) => Page("@after", "0"),
        (true, false) => Page("@after", "@skip"),
        _ => $"""
            WITH place AS MATERIALIZED (
                SELECT GREATEST(@after, (chunk << 14) - 1) AS after, @skip - before AS skip
                FROM ({Chunks}) AS chunks
                WHERE before <= @skip AND @skip < before + contacts)
            {Page("(SELECT after FROM place)", "(SELECT skip FROM place)")}
            """,
    };

    private string Page(string after, string skip) => $"""
        SELECT {ContactRow.Columns}
        FROM crm.contact
        WHERE account_id = @accountId AND contact_id > {after}{Conditions}
        ORDER BY contact_id
        LIMIT @limit OFFSET {skip}
        """;

    private static string Escape(string text) =>
        text.Replace(@"\", @"\\", StringComparison.Ordinal)
            .Replace("%", @"\%", StringComparison.Ordinal)
            .Replace("_", @"\_", StringComparison.Ordinal);
}
