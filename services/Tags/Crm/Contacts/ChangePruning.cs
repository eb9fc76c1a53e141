using TagSegments.ServiceDefaults.Retention;

namespace TagSegments.Tags.Crm.Contacts;

/// <summary>Deletes values before changes that are too old; <c>crm.prune_changes</c> says how.</summary>
internal static class ChangePruning
{
    // An account is due if its history begins too early, or if its oldest change is from before the beginning.
    private const string DueSql = $"""
        SELECT account_id
        FROM crm.account a
        LEFT JOIN crm.change_floor f USING (account_id)
        LEFT JOIN LATERAL (
            SELECT c.at FROM crm.contact_change c
            WHERE c.account_id = a.account_id AND c.pos > coalesce(f.pos, 0)
            ORDER BY c.pos
            LIMIT 1) AS oldest ON true
        WHERE {PruneScope.Condition} AND (a.history_from < @Before - interval '1 day' OR oldest.at < a.history_from)
        LIMIT 1
        """;

    /// <summary>The values before changes, as a kind of data.</summary>
    public static readonly Pruning Kind = new(days => days.ChangeDays, DueSql, "SELECT crm.prune_changes(@AccountId, @Before, @Rows)");
}
