namespace TagSegments.Segments.Explain;

/// <summary>A fact with the cause of a change, where a query knows it.</summary>
internal abstract record CausedFact
{
    public DateTime? At { get; init; }

    public short? CauseKind { get; init; }

    public string? CauseId { get; init; }

    public string? CauseDetail { get; init; }

    public string? Actor { get; init; }
}

/// <summary>A tag of the clause. <c>Count</c>: how many of the clause's tags the contact has.</summary>
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

    /// <summary>JSON.</summary>
    public string? Properties { get; init; }

    /// <summary>The sum over the items that count; null if the clause asks for none.</summary>
    public string? AmountSum { get; init; }

    public string? Bounce { get; init; }

    public int Count { get; init; }

    public int CountInAll { get; init; }
}

/// <summary>An opportunity and the conditions that it meets, the number of opportunities that meet all, and the sum of their amounts.</summary>
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

/// <summary>A contact's address, and its entry in the suppression list.</summary>
internal sealed record SuppressionFact
{
    public string? Address { get; init; }

    public bool IsSuppressed { get; init; }

    public string? Reason { get; init; }

    public string? Source { get; init; }

    public DateTime? CreatedAt { get; init; }
}
