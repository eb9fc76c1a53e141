using Crm.Accounts.V1;
using Google.Protobuf.Reflection;
using TagSegments.ServiceDefaults.Retention;

namespace TagSegments.Tags.Crm.Accounts;

/// <summary>Checks the times for which an account is to keep what.</summary>
internal static class RetentionChecks
{
    private const int Most = 36_500;

    // The shortest times, by field, where it is not a day; `AccountRetention` in the protos names them.
    private static readonly Dictionary<int, int> s_least = new()
    {
        [AccountRetention.RequestDaysFieldNumber] = RetentionDays.LeastRequestDays,
        [AccountRetention.LedgerDaysFieldNumber] = RetentionDays.LeastLedgerDays,
        [AccountRetention.AuditDaysFieldNumber] = RetentionDays.LeastAuditDays,
    };

    /// <summary>Throws INVALID_ARGUMENT with every time that is out of range.</summary>
    public static void Check(AccountRetention retention)
    {
        var checks = new FieldChecks();
        foreach (var field in AccountRetention.Descriptor.Fields.InDeclarationOrder().Where(field => field.Accessor.HasValue(retention)))
        {
            var (days, least) = ((int)field.Accessor.GetValue(retention), s_least.GetValueOrDefault(field.FieldNumber, 1));
            checks.Require(days == 0 || (days >= least && days <= Most), Path(field), $"must be 0, or {least} to {Most:N0} days");
        }

        checks.ThrowIfAny();
    }

    private static string Path(FieldDescriptor field) => $"retention.{field.Name}";
}
