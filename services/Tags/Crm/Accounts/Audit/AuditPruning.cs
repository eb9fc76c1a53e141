using TagSegments.ServiceDefaults.Retention;

namespace TagSegments.Tags.Crm.Accounts.Audit;

/// <summary>Deletes events of the audit trail that are too old, of accounts and of the platform.</summary>
internal static class AuditPruning
{
    private const string DueSql = $"SELECT account_id FROM crm.admin_event WHERE at < @Before AND {PruneScope.Condition} LIMIT 1";

    /// <summary>The audit trail, as a kind of data.</summary>
    public static readonly Pruning Kind = new(days => days.AuditDays, DueSql, "SELECT crm.prune_admin_events(@AccountId, @Before, @Rows)");
}
