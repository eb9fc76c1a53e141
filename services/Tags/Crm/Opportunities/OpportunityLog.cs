using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Crm.Opportunities;

/// <summary>Notes changes of opportunities, and with the contacts that they concern; an orphan concerns none.</summary>
internal static class OpportunityLog
{
    /// <summary>Notes a creation (<paramref name="before"/> is null) or a change.</summary>
    public static void Write(
        AccountTransaction transaction, int opportunityId, OpportunityState? before, OpportunityState after, ChangeCause cause)
    {
        transaction.LogOpportunity(opportunityId, before?.BeforeJson(after));
        var json = after.ChangeJson(opportunityId, before);
        foreach (var contactId in new[] { before?.ContactId, after.ContactId }.Distinct().OfType<int>())
        {
            transaction.LogContact(contactId, ContactChangeKind.OpportunityChanged, json, cause);
        }
    }
}
