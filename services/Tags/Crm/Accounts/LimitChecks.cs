using Google.Protobuf.Reflection;
using AccountLimits = Crm.Accounts.V1.AccountLimits;

namespace TagSegments.Tags.Crm.Accounts;

/// <summary>Checks the limits that somebody sets for an account.</summary>
internal static class LimitChecks
{
    // The greatest values, by field; `AccountLimits` in the protos names them.
    private static readonly Dictionary<int, int> s_most = new()
    {
        [AccountLimits.WeightFieldNumber] = 100,
        [AccountLimits.ConcurrentCallsFieldNumber] = 100_000,
        [AccountLimits.CallsPerSecondFieldNumber] = 1_000_000,
        [AccountLimits.ConcurrentStreamsFieldNumber] = 10_000,
        [AccountLimits.ConcurrentImportsFieldNumber] = 100,
        [AccountLimits.BulkOperationsFieldNumber] = 100_000,
        [AccountLimits.ActiveCampaignsFieldNumber] = 100_000,
        [AccountLimits.WebhooksPerSecondFieldNumber] = 100_000,
        [AccountLimits.TrackingEventsPerSecondFieldNumber] = 1_000_000,
        [AccountLimits.WaitingCallsFieldNumber] = 100_000,
        [AccountLimits.ApiKeysFieldNumber] = 10_000,
        [AccountLimits.SenderDomainsFieldNumber] = 1_000,
        [AccountLimits.TeamAddressesFieldNumber] = 10_000,
        [AccountLimits.TestMessagesPerDayFieldNumber] = 100_000,
        [AccountLimits.ContactsFieldNumber] = 1_000_000_000,
        [AccountLimits.TagsFieldNumber] = 10_000_000,
        [AccountLimits.CampaignDraftsFieldNumber] = 1_000_000,
        [AccountLimits.WorkflowDraftsFieldNumber] = 1_000_000,
    };

    /// <summary>Throws INVALID_ARGUMENT with every limit that is out of range.</summary>
    public static void Check(AccountLimits limits)
    {
        var checks = new FieldChecks();
        foreach (var field in AccountLimits.Descriptor.Fields.InDeclarationOrder().Where(field => field.Accessor.HasValue(limits)))
        {
            var most = s_most[field.FieldNumber];
            checks.Require((int)field.Accessor.GetValue(limits) is >= 1 and var value && value <= most, Path(field), $"must be 1 to {most:N0}");
        }

        checks.ThrowIfAny();
    }

    private static string Path(FieldDescriptor field) => $"limits.{field.Name}";
}
