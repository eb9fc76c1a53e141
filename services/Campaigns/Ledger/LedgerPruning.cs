using TagSegments.ServiceDefaults.Retention;

namespace TagSegments.Campaigns.Ledger;

/// <summary>Deletes addresses, answers and texts of messages that are too old; <c>campaigns.prune_ledger</c> says how.</summary>
internal static class LedgerPruning
{
    private const string DueSql =
        $$"""
        (SELECT account_id FROM campaigns.campaign WHERE ended_at < @Before AND NOT is_pruned AND {{PruneScope.Condition}} LIMIT 1)
        UNION ALL
        (SELECT account_id FROM campaigns.single_message WHERE created_at < @Before AND message <> '{}' AND {{PruneScope.Condition}} LIMIT 1)
        """;

    /// <summary>The addresses of the ledger, as a kind of data.</summary>
    public static readonly Pruning Kind = new(days => days.LedgerDays, DueSql, "SELECT campaigns.prune_ledger(@AccountId, @Before, @Rows)");
}
