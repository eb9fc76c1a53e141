using TagSegments.ServiceDefaults.Retention;

namespace TagSegments.Workflows.Runs;

/// <summary>Deletes the histories of runs that ended too long ago; <c>workflows.prune_runs</c> says how.</summary>
internal static class RunPruning
{
    private const string DueSql =
        $"SELECT account_id FROM workflows.run WHERE ended_at < @Before AND NOT is_pruned AND {PruneScope.Condition} LIMIT 1";

    /// <summary>The histories of runs, as a kind of data.</summary>
    public static readonly Pruning Kind = new(days => days.RunDays, DueSql, "SELECT workflows.prune_runs(@AccountId, @Before, @Rows)");
}
