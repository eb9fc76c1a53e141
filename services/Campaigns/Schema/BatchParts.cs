namespace TagSegments.Campaigns.Schema;

/// <summary>The part of an audience that a batch holds. Without an A/B test there is one part.</summary>
internal enum BatchPart : short
{
    /// <summary>Everybody.</summary>
    Everyone,

    /// <summary>The contacts that get a variant of the test.</summary>
    Tested,

    /// <summary>The contacts that wait for the winner.</summary>
    Rest,
}

/// <summary>The parts of audiences as SQL has them: the numbers of <see cref="BatchPart"/>.</summary>
internal static class BatchParts
{
    public const string Everyone = "0";
    public const string Tested = "1";
    public const string Rest = "2";
}
