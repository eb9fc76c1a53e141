using Dapper;

namespace TagSegments.Tags.Changes;

/// <summary>Keeps the number of an account's contacts and tags within its limits.</summary>
internal static class AccountSize
{
    /// <summary>Stands for the number of something that was restored, which says nothing about how many there are.</summary>
    public const int Restored = int.MaxValue;

    /// <summary>
    /// Throws RESOURCE_EXHAUSTED if the account has more living contacts than it may, including new ones of the transaction;
    /// <paramref name="last"/> is the highest number among these.
    /// </summary>
    public static Task RequireContactsAsync(this AccountTransaction transaction, AccountInfo account, int last, CancellationToken ct)
    {
        const string sql = """
            SELECT coalesce(sum(bit_count(bits)), 0) FROM tags.tag_chunk WHERE account_id = @AccountId AND tag_id = 0
            """;
        return RequireAsync(transaction, new("contacts", account.Limits.Contacts, sql), last, ct);
    }

    /// <summary>
    /// Throws RESOURCE_EXHAUSTED if the account has more tags than it may, including new ones of the transaction; <paramref name="last"/> is
    /// the highest number among these.
    /// </summary>
    public static Task RequireTagsAsync(this AccountTransaction transaction, AccountInfo account, int last, CancellationToken ct)
    {
        const string sql = """
            SELECT count(*) FROM (SELECT FROM tags.tag WHERE account_id = @AccountId AND deleted_at IS NULL LIMIT @Most + 1) AS tags
            """;
        return RequireAsync(transaction, new("tags", account.Limits.Tags, sql), last, ct);
    }

    // A number is never handed out twice: as long as the highest one is within the limit, there is nothing to count. When the limit is reached for the
    // first time, what is created without a count at the same moment is not seen: the account may pass the limit by that.
    private static async Task RequireAsync(AccountTransaction transaction, Limit limit, int last, CancellationToken ct)
    {
        // Two that grow at the same time count each other.
        const string lockSql = "SELECT pg_advisory_xact_lock(hashtext('crm.size'), @AccountId)";
        if (last <= limit.Most)
        {
            return;
        }

        var values = new { transaction.AccountId, limit.Most };
        await transaction.Connection.ExecuteAsync(new CommandDefinition(lockSql, values, transaction.Transaction, cancellationToken: ct));
        var count = await transaction.Connection.ExecuteScalarAsync<long>(
            new CommandDefinition(limit.CountSql, values, transaction.Transaction, cancellationToken: ct));
        if (count > limit.Most)
        {
            throw RpcErrors.QuotaExceeded(
                limit.Quota, limit.Most, $"The account may have {limit.Most} {limit.Quota}. Delete some that are not used.", TimeSpan.FromMinutes(1));
        }
    }

    private sealed record Limit(string Quota, int Most, string CountSql);
}
