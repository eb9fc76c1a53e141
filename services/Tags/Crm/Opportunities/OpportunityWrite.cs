namespace TagSegments.Tags.Crm.Opportunities;

/// <summary>An opportunity that is to be written: what it was, null for a new one, and what it shall be.</summary>
internal sealed class OpportunityWrite(int opportunityId, long version, OpportunityState? before)
{
    /// <summary>The opportunity's number.</summary>
    public int OpportunityId { get; set; } = opportunityId;

    /// <summary>The version that was read.</summary>
    public long Version { get; } = version;

    /// <summary>What it was.</summary>
    public OpportunityState? Before { get; } = before;

    /// <summary>What it shall be.</summary>
    public OpportunityState State { get; set; } = before ?? new OpportunityState();
}
