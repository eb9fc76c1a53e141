namespace TagSegments.Tags.Changes;

/// <summary>Keeps the number of an account's contacts and tags within its limits.</summary>
internal static class AccountSize
{
    /// <summary>
    /// Lets the transaction fail with RESOURCE_EXHAUSTED if the account has more living contacts than it may, including the ones that the
    /// transaction creates or restores.
    /// </summary>
    public static void LimitContacts(this AccountTransaction transaction, AccountInfo account)
    {
        const string sql = """
            SELECT coalesce(sum(bit_count(bits)), 0) FROM tags.tag_chunk WHERE account_id = @AccountId AND tag_id = 0
            """;
        transaction.Limit(new SizeLimit("contacts", "contact", account.Limits.Contacts, sql));
    }

    /// <summary>
    /// Lets the transaction fail with RESOURCE_EXHAUSTED if the account has more tags than it may, including the ones that the transaction has created
    /// or restored.
    /// </summary>
    public static void LimitTags(this AccountTransaction transaction, AccountInfo account)
    {
        const string sql = """
            SELECT count(*) FROM (SELECT FROM tags.tag WHERE account_id = @AccountId AND deleted_at IS NULL LIMIT @Most + 1) AS tags
            """;
        transaction.Limit(new SizeLimit("tags", "tag", account.Limits.Tags, sql));
    }
}
