namespace TagSegments.Segments.Explain;

/// <summary>What a query may tell about the cause of a change.</summary>
internal abstract record CausedFact
{
    public DateTime? At { get; init; }

    public short? CauseKind { get; init; }

    public string? CauseId { get; init; }

    public string? CauseDetail { get; init; }

    public string? Actor { get; init; }
}

/// <summary>A tag asked for. <c>Count</c>: how many of those the contact has.</summary>
internal sealed record TagFact : CausedFact
{
    public int TagId { get; init; }

    public bool Has { get; init; }

    public int Count { get; init; }
}

/// <summary>Something recorded or added, and how many there are of it.</summary>
internal sealed record EventFact : CausedFact
{
    public bool InWindow { get; init; }

    public string? CampaignId { get; init; }

    public string? Detail { get; init; }

    public int Count { get; init; }

    public int CountInAll { get; init; }
}

/// <summary>An opportunity and which conditions it meets, how many meet all of them, and the sum of the amounts of those.</summary>
internal sealed record OpportunityFact
{
    public int OpportunityId { get; init; }

    public string? Name { get; init; }

    public string? Pipeline { get; init; }

    public string? Stage { get; init; }

    public short Status { get; init; }

    public string? Amount { get; init; }

    public string? Opened { get; init; }

    public string? Closed { get; init; }

    public DateTime StageSince { get; init; }

    public bool[] Met { get; init; } = [];

    public int Count { get; init; }

    public int CountInAll { get; init; }

    public string? AmountSum { get; init; }
}

/// <summary>A contact's address, and what the suppression list says of it.</summary>
internal sealed record SuppressionFact
{
    public string? Address { get; init; }

    public bool IsSuppressed { get; init; }

    public string? Reason { get; init; }

    public string? Source { get; init; }

    public DateTime? CreatedAt { get; init; }
}
