namespace TagSegments.Tags.Crm.Opportunities;

/// <summary>An opportunity to write, before (null for a new one) and after the change.</summary>
internal sealed class OpportunityWrite(int opportunityId, long version, OpportunityState? before)
{
    /// <summary>The opportunity's number.</summary>
    public int OpportunityId { get; set; } = opportunityId;

    /// <summary>The version that was read.</summary>
    public long Version { get; } = version;

    /// <summary>The state before the change.</summary>
    public OpportunityState? Before { get; } = before;

    /// <summary>The state before the import that changes it, of which this is a later batch; null if it did not exist then.</summary>
    public OpportunityState? Original { get; init; }

    /// <summary>The state after the change.</summary>
    public OpportunityState State { get; set; } = before ?? new OpportunityState();
}
